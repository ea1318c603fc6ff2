"""A workflow as plain JSON values, to be stored with the results of its executions.

The form follows :mod:`core.workflow.model`: an object for each value, with a key for each field. States and
actions name their class in ``kind``; a field that has a default may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from core.workflow.model import Action, State, Workflow

KIND = "kind"
KINDS: Mapping[type, str] = {kind: kind.__name__.lower() for kind in (*get_args(State), *get_args(Action))}
NAMES = {str: "text", int: "a whole number", float: "a number", list: "a list", dict: "an object"}


def to_document(workflow: Workflow) -> dict[str, Any]:
    """Return the workflow as plain JSON values."""
    return cast(dict[str, Any], _plain(workflow))


def from_document(document: object) -> Workflow:
    """Build a workflow from plain JSON values, as returned by :func:`to_document`.

    Raises:
        ValueError: A value is invalid; the message says where and why.
    """
    return cast(Workflow, _read(document, Workflow, "workflow"))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        kind = {KIND: KINDS[type(value)]} if type(value) in KINDS else {}
        return kind | {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _read(value: Any, form: Any, at: str) -> Any:
    """Convert the value to the type of a field."""
    origin, parts = get_origin(form), get_args(form)
    if origin in (Union, UnionType):
        return _read_one_of(value, parts, at)
    if origin is Literal:
        if value not in parts:
            raise ValueError(f"{at} is {value!r}; it must be one of {', '.join(parts)}")
        return value
    if origin in (tuple, frozenset):
        items = enumerate(_checked(value, list, at))
        return origin(_read(each, parts[0], f"{at}[{number}]") for number, each in items)
    if origin is dict:
        table = _checked(value, dict, at)
        return {key: _read(each, parts[1], f"{at}.{key}") for key, each in table.items()}
    return _read_fields(value, form, at) if is_dataclass(form) else _checked(value, form, at)


def _read_one_of(value: Any, forms: tuple[Any, ...], at: str) -> Any:
    """Return the value in the one of several forms that its kind names; ``None`` where that is allowed."""
    if value is None and NoneType in forms:
        return None
    present = [form for form in forms if form is not NoneType]
    if len(present) == 1:
        return _read(value, present[0], at)
    kind = _checked(value, dict, at).get(KIND)
    form = next((form for form in present if KINDS[form] == kind), None)
    if form is None:
        known = ", ".join(KINDS[each] for each in present)
        raise ValueError(f"{at} is of the kind {kind!r}; Twinlens knows {known}")
    return _read_fields(value, form, at)


def _read_fields(value: Any, form: Any, at: str) -> Any:
    table, types = dict(_checked(value, dict, at)), _types(form)
    if form in KINDS and (kind := table.pop(KIND, None)) != KINDS[form]:
        raise ValueError(f"{at} is of the kind {kind!r}; it must be {KINDS[form]}")
    for key in table:
        if key not in types:
            raise ValueError(f"{at} has the unknown key {key!r}")
    for field in fields(form):
        required = field.default is MISSING and field.default_factory is MISSING
        if required and field.name not in table:
            raise ValueError(f"{at} lacks the key {field.name!r}")
    return form(**{key: _read(each, types[key], f"{at}.{key}") for key, each in table.items()})


@cache
def _types(form: Any) -> dict[str, Any]:
    return get_type_hints(form)


def _checked(value: Any, kind: type, at: str) -> Any:
    """Return the value if it is of the kind; an integer is accepted as a float, a boolean is not a number."""
    accepted = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{at} is {value!r}; it must be {NAMES.get(kind, kind.__name__)}")
    return value
