"""Sentences about values that an option or argument does not take."""

from __future__ import annotations

from typing import Any

from typer import BadParameter

# By pydantic's type of the error, which typer puts behind its own: what is wanted instead.
WANTED = {
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
}


def sentence(error: BadParameter) -> str:
    """Return a sentence that names the value and what is wanted; typer's names neither."""
    details: Any = getattr(error.__cause__, "errors", list)()
    if not details:
        return error.message
    first = details[0]
    if first["type"] not in WANTED:
        return str(first["msg"]).removeprefix("Value error, ")
    return f"{first['input']} is not {WANTED[first['type']].format(**first.get('ctx', {}))}."
