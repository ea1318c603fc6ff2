"""What the stand-in of one resource type has to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties


class ProviderError(Exception):
    """The stand-in cannot do what was asked; the text is a sentence for a person."""


class Resource:
    """One resource type. Subclasses say what is particular to it; ``inputs`` have passed the SDK's types.

    ``create``, ``update`` and ``refresh`` return the outputs that the inputs do not already say.
    """

    kind: ClassVar[str]
    auto_name: ClassVar[AutoName | None] = None
    replace_on: ClassVar[frozenset[str]] = frozenset()
    delete_before_replace: ClassVar[bool] = False

    def check(self, inputs: Properties) -> Iterator[Fault]:
        """Yield what the SDK's types cannot know is wrong."""
        yield from ()

    def defaults(self, inputs: Properties) -> Properties:
        """Return the inputs the real provider fills in, for those not given."""
        return {}

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Make the resource; return its id and computed outputs."""
        raise NotImplementedError

    def update(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        """Change the resource in place; return its computed outputs."""
        raise NotImplementedError

    def delete(self, identity: str, state: Properties) -> None:
        """Remove the resource; one that is gone already is fine."""
        raise NotImplementedError

    def exists(self, identity: str, state: Properties) -> bool:
        """Say whether the resource is still there."""
        return True
