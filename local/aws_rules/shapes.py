"""The constraints of a service's model that no AWS SDK checks: patterns, lengths, ranges and enumerations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import Shape

from local.aws_rules.texts import shortened

# Parts of Java's regular expressions that Python writes differently.
JAVA = (
    (r"\p{L}", "A-Za-z\u00c0-\U0010ffff"),
    (r"\p{N}", r"\d"),
    (r"\p{Z}", r"\s"),
    (r"\p{S}", r"$+<=>^`|~"),
    (r"\p{P}", r"!-#%-*,-/:;?@\[-\]_{}"),
    (r"\p{M}", ""),
    (r"\p{Alnum}", "A-Za-z0-9"),
    (r"\p{ASCII}", r"\x00-\x7F"),
    (r"\p{Graph}", r"\x21-\x7E"),
    (r"\p{Print}", r"\x20-\x7E"),
)
NUMBERS = ("integer", "long", "float", "double")


def violations(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """Yield the violated constraints in a value, worded as the services word them."""
    rules = shape.metadata
    shown = "***" if rules.get("sensitive") else shortened(value)

    def failed(constraint: str) -> str:
        return f"Value '{shown}' at '{path}' failed to satisfy constraint: Member must {constraint}"

    match shape.type_name:
        case "structure":
            for name, member in shape.members.items():
                inner = f"{path}.{name}" if path else name
                if value.get(name) is not None:
                    yield from violations(value[name], member, inner)
                elif name in shape.required_members:
                    yield f"Value null at '{inner}' failed to satisfy constraint: Member must not be null"
        case "list":
            yield from map(failed, _sizes(len(value), rules))
            for number, each in enumerate(value, 1):
                yield from violations(each, shape.member, f"{path}.{number}.member")
        case "map":
            yield from map(failed, _sizes(len(value), rules))
            for key, each in value.items():
                yield from violations(key, shape.key, f"{path}.key")
                yield from violations(each, shape.value, f"{path}.{key}")
        case "string":
            yield from map(failed, _sizes(len(value), rules))
            if shape.enum and value not in shape.enum:
                yield failed(f"satisfy enum value set: [{', '.join(shape.enum)}]")
            pattern = rules.get("pattern")
            if pattern and not (compiled(pattern) or re.compile("(?s).*")).fullmatch(value):
                yield failed(f"satisfy regular expression pattern: {pattern}")
        case "blob":
            yield from map(failed, _sizes(len(value), rules))
        case kind if kind in NUMBERS:
            if value < rules.get("min", value):
                yield failed(f"have value greater than or equal to {rules['min']}")
            if value > rules.get("max", value):
                yield failed(f"have value less than or equal to {rules['max']}")


def _sizes(length: int, rules: dict[str, Any]) -> Iterator[str]:
    if length < rules.get("min", 0):
        yield f"have length greater than or equal to {rules['min']}"
    if length > rules.get("max", length):
        yield f"have length less than or equal to {rules['max']}"


@cache
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern of a model for Python, or ``None`` if it cannot be translated."""
    for java, python in JAVA:
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except re.error:
        return None
