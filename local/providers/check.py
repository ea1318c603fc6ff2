"""Check values against the types of the SDK, as the cloud would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.mistakes import meant
from local.providers import wire
from local.providers.schema import Choice, File, ListOf, MapOf, Object, OneOf, Scalar, Shape

WORDS = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True)
class Fault:
    """A fault of the property at ``path``, in one sentence."""

    path: str
    reason: str


def faults(value: Any, shape: Shape, path: str = "") -> Iterator[Fault]:
    """Yield all faults of the value; unknown values are accepted."""
    if wire.is_unknown(value):
        return
    match shape:
        case Object():
            yield from _object(value, shape, path)
        case ListOf(item):
            if not isinstance(value, list):
                yield _mismatch(value, "a list", path)
                return
            for position, each in enumerate(value):
                yield from faults(each, item, f"{path}[{position}]")
        case MapOf(item):
            if not isinstance(value, dict):
                yield _mismatch(value, "a dictionary", path)
                return
            for key, each in value.items():
                yield from faults(each, item, f"{path}.{key}")
        case OneOf(shapes):
            found = [list(faults(value, each, path)) for each in shapes]
            # Only the best-fitting shape gives a useful message.
            yield from min(found, key=lambda wrong: (any(fault.path == path for fault in wrong), len(wrong)))
        case Choice(values):
            if value not in values:
                yield Fault(
                    path,
                    f"{value!r} is not allowed{meant(value, values)}; {path} is one of {_list(values)}.",
                )
        case Scalar(kind):
            if not _is(value, kind):
                yield _mismatch(value, WORDS[kind], path)
        case File():
            if wire.signature(value) not in (wire.ASSET, wire.ARCHIVE):
                yield _mismatch(value, "an asset or an archive", path)


def unknown_name(name: str, allowed: Iterator[str] | list[str]) -> str:
    """Return the end of a sentence about an unknown name: a suggestion, and the known names."""
    names = sorted(allowed)
    return f"{meant(name, names)}; there are {_list(names)}."


def _object(value: Any, shape: Object, path: str) -> Iterator[Fault]:
    if not isinstance(value, dict) or wire.signature(value):
        yield _mismatch(value, "a dictionary", path)
        return
    fields = shape.fields
    for name in value:
        if name not in fields:
            yield Fault(_join(path, name), f"there is no property {name!r}{unknown_name(name, list(fields))}")
    for name, field in fields.items():
        if value.get(name) is not None:
            yield from faults(value[name], field.shape, _join(path, name))
        elif field.required:
            yield Fault(_join(path, name), f"the required property {name!r} is missing.")


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)


def _mismatch(value: Any, wanted: str, path: str) -> Fault:
    return Fault(path, f"{value!r} is not allowed; {path} must be {wanted}.")


def _list(values: list[str] | tuple[Any, ...]) -> str:
    return ", ".join(str(value) for value in values)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
