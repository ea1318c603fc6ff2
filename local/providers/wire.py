"""Pulumi's property values between protocol buffers and plain Python.

Scalars, lists and dictionaries become themselves. Assets and archives stay the dictionaries that the engine
sends, their hash included. Secrets never arrive: the plugin does not accept them, so the engine takes the
mark off before a call and puts it back on the answer.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

Properties = dict[str, Any]

UNKNOWN = rpc.UNKNOWN
SIGNATURE = "4dabf18193072939515e22adb298388d"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"


def decode(properties: struct_pb2.Struct) -> Properties:
    """Return the properties as plain values; whole numbers become ``int``, nulls are left out."""
    values: Properties = _tidy(json_format.MessageToDict(properties))
    return values


def encode(properties: Properties) -> struct_pb2.Struct:
    """Return the properties as the engine takes them."""
    return json_format.ParseDict(properties, struct_pb2.Struct())


def _tidy(value: Any) -> Any:
    """Drop nulls, and make whole numbers ``int``: on the wire every number is a double."""
    if isinstance(value, dict):
        return {name: _tidy(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_unknown(value: Any) -> bool:
    """Say whether the value will only be known once other resources exist."""
    return bool(value == UNKNOWN)


def has_unknown(value: Any) -> bool:
    """Say whether there is an unknown value anywhere in the value."""
    if isinstance(value, dict):
        return any(has_unknown(each) for each in value.values())
    return any(has_unknown(each) for each in value) if isinstance(value, list) else is_unknown(value)


def signature(value: Any) -> str | None:
    """Return the mark of an asset or archive; ``None`` for any other value."""
    return value.get(SIGNATURE) if isinstance(value, dict) else None
