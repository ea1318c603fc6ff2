"""The differences between two sets of inputs, property by property."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from local.providers import wire

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True)
class Change:
    """One changed property; ``top`` is the input, and ``path`` the position of the change in it."""

    top: str
    path: str
    kind: Kind
    replaces: bool


def changes(old: wire.Properties, new: wire.Properties, replace_on: Collection[str]) -> list[Change]:
    """Return every change; those of inputs in ``replace_on`` need a new resource."""
    return [
        Change(top, path, kind, top in replace_on)
        for top in sorted({*old, *new})
        for path, kind in _differences(old.get(top), new.get(top), top)
    ]


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, Kind]]:
    if _same(old, new):
        return
    if old is None or new is None:
        yield path, "add" if old is None else "delete"
    elif isinstance(old, dict) and isinstance(new, dict) and not (wire.signature(old) or wire.signature(new)):
        for key in sorted({*old, *new}):
            yield from _differences(old.get(key), new.get(key), _join(path, key))
    else:
        yield path, "update"


def _same(old: Any, new: Any) -> bool:
    if wire.signature(old) and wire.signature(old) == wire.signature(new):
        return bool(old.get("hash") == new.get("hash"))
    return bool(old == new)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]'
