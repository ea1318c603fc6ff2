"""Read values by their shapes in botocore's models: from the fields of a form, from JSON and from XML."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from botocore.model import Shape

NUMBERS: Mapping[str, Callable[[str], Any]] = {"integer": int, "long": int, "float": float, "double": float}


def from_fields(fields: Mapping[str, str], prefix: str, shape: Shape) -> Any:
    """Return the value that the fields of this prefix have, or ``None`` if there are none."""
    match shape.type_name:
        case "structure":
            values: dict[str, Any] = {}
            for name, member in shape.members.items():
                key = ".".join(filter(None, (prefix, member.serialization.get("name", name))))
                if (value := from_fields(fields, key, member)) is not None:
                    values[name] = value
            return values or None
        case "list":
            named = shape.member.serialization.get("name", "member")
            inner = prefix if shape.serialization.get("flattened") else f"{prefix}.{named}"
            return [from_fields(fields, each, shape.member) for each in _numbered(fields, inner)] or None
        case "map":
            inner = prefix if shape.serialization.get("flattened") else f"{prefix}.entry"
            key, value = (part.serialization.get("name") for part in (shape.key, shape.value))
            return {
                fields[f"{each}.{key or 'key'}"]: from_fields(
                    fields, f"{each}.{value or 'value'}", shape.value
                )
                for each in _numbered(fields, inner)
            } or None
    return scalar(fields[prefix], shape) if prefix in fields else None


def _numbered(fields: Mapping[str, str], prefix: str) -> Iterator[str]:
    number = 1
    while any(each == f"{prefix}.{number}" or each.startswith(f"{prefix}.{number}.") for each in fields):
        yield f"{prefix}.{number}"
        number += 1


def from_json(value: Any, shape: Shape) -> Any:
    """Return the value of a JSON document, with blobs as bytes."""
    match shape.type_name, value:
        case "structure", dict():
            members = shape.members
            return {name: from_json(each, members[name]) for name, each in value.items() if name in members}
        case "list", list():
            return [from_json(each, shape.member) for each in value]
        case "blob", str():
            return base64.b64decode(value)
    return value


def from_xml(element: ElementTree.Element, shape: Shape) -> Any:
    """Return the value of an XML element."""

    def children(name: str) -> list[ElementTree.Element]:
        return [each for each in element if each.tag.rpartition("}")[2] == name]

    match shape.type_name:
        case "structure":
            values: dict[str, Any] = {}
            attributes = {each.rpartition("}")[2]: value for each, value in element.attrib.items()}
            for name, member in shape.members.items():
                named = member.serialization.get("name", name).rpartition(":")[2]
                found = children(named)
                if member.serialization.get("xmlAttribute") and named in attributes:
                    values[name] = attributes[named]
                elif found and member.serialization.get("flattened"):
                    values[name] = [from_xml(each, member.member) for each in found]
                elif found:
                    values[name] = from_xml(found[0], member)
            return values
        case "list":
            return [from_xml(each, shape.member) for each in element]
    return scalar(element.text or "", shape)


def scalar(text: str, shape: Shape) -> Any:
    """Return the value that a text stands for."""
    if shape.type_name in NUMBERS:
        return NUMBERS[shape.type_name](text)
    if shape.type_name == "boolean":
        return text == "true"
    return base64.b64decode(text) if shape.type_name == "blob" else text
