"""Collect the mistakes of a file, so that a person learns of all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from core.errors import TwinlensError


class Mistakes:
    """The mistakes found so far, as errors of one class."""

    def __init__(self, error: type[TwinlensError]) -> None:
        self._error = error
        self._found: list[str] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note an error of the block, which ends there, instead of raising it."""
        try:
            yield
        except self._error as error:
            self._found.append(str(error))

    def report(self) -> None:
        """Do nothing if there were no mistakes.

        Raises:
            TwinlensError: There were some; the message has a line for each that differs.
        """
        if self._found:
            raise self._error("\n".join(dict.fromkeys(self._found)))


def nearest(given: object, known: Iterable[object]) -> str:
    """Return the known name most like the given one, whatever its case; nothing if none is like it."""
    from difflib import get_close_matches  # only a mistake pays for its import

    names = {str(name).casefold(): str(name) for name in known}
    close = get_close_matches(str(given).casefold(), names, n=1)
    return names[close[0]] if close else ""


def meant(given: object, known: Iterable[object]) -> str:
    """Return ``" (did you mean 'x'?)"`` for the nearest known name; nothing if none is like it."""
    near = nearest(given, known)
    return f" (did you mean {near!r}?)" if near else ""
