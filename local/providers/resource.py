"""The base class of a resource type's stand-in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from local.errors import LocalError
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties


class ProviderError(LocalError):
    """The stand-in cannot do what was asked; the text is one sentence for the user."""


class Resource(ABC):
    """One resource type. Subclasses implement its specifics; ``inputs`` have passed the type check.

    ``auto_name`` generates its name, and a change of an input in ``replace_on`` replaces it. The service
    completes the inputs in ``completes``: their outputs are unknown in the preview of a new resource.
    """

    kind: str
    auto_name: AutoName | None = None
    replace_on: frozenset[str] = frozenset()
    completes: frozenset[str] = frozenset()

    def configure(self, settings: Properties) -> None:  # noqa: B027 - most providers have none
        """Take the provider's own settings."""

    def check(self, inputs: Properties) -> Iterator[Fault]:
        """Yield faults that the SDK's types do not reveal; all values are known."""
        yield from ()

    def make_name(self, rule: AutoName, name: str, seed: bytes) -> str:
        """Return a physical name for the resource ``name`` of the program."""
        return rule.make(name, seed)

    @abstractmethod
    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Create the resource; return its id and computed outputs."""

    @abstractmethod
    def update(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        """Change the resource in place; return its computed outputs."""

    @abstractmethod
    def delete(self, identity: str, state: Properties) -> None:
        """Delete the resource, if it exists."""

    def exists(self, identity: str, state: Properties) -> bool:
        """Return whether the resource still exists."""
        return True
