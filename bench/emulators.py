"""The emulators behind the stacks named ``*-local``; whatever needs none does not import them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench import project
from core.errors import SetupError, TwinlensError

VARIABLE = "TWINLENS_LOCAL"  # names the file that says where the emulators are


@contextmanager
def extra() -> Iterator[None]:
    """Import what the emulators need in the block; say how to get it where it is missing.

    Raises:
        SetupError: A package of the extra ``local`` is missing, or this is no checkout.
    """
    if not project.in_checkout():
        raise SetupError("The emulators run only in a checkout of Twinlens: run `make setup` and this there.")
    try:
        yield
    except ModuleNotFoundError as missing:
        raise SetupError(
            f"The emulators need the package {missing.name!r}, which is not installed: run `make setup`, or "
            "install the extra with `pip install -e '.[local]'`."
        ) from None


def enter() -> None:
    """Point this process at the emulators, as ``eval "$(twinlens local env)"`` does for a shell.

    Raises:
        SetupError: The extra ``local`` is not installed.
        NotRunning: The emulators are not running.
    """
    with extra():
        from local.emulators import check
        from local.environment import variables
    check()
    os.environ.update(variables())


def check() -> None:
    """See that no emulator has ended.

    Raises:
        NotRunning: One has.
    """
    with extra():
        from local.emulators import check
    check()


def deploy(stack: str, settings: Mapping[str, str]) -> None:
    """Deploy a local stack with these settings over its own, which stay as they are.

    Raises:
        StackFailed: Pulumi reports an error.
    """
    with extra():
        from local.stack import up
    up(stack, settings=settings)


def trouble() -> str | None:
    """Return why the emulators that this process uses do not answer; ``None`` if they are not the reason."""
    if VARIABLE not in os.environ:
        return None
    try:
        check()
    except TwinlensError as reason:
        return str(reason)
    return None
