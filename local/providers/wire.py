"""Pulumi's property values between protocol buffers and plain Python.

Scalars, lists and dictionaries are converted directly. Assets and archives stay dictionaries as sent by the
engine, including their hash. Secrets never arrive: the plugin does not accept them, so the engine removes the
marker before a call and restores it on the answer.
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
    """Return the properties in the engine's format."""
    return json_format.ParseDict(properties, struct_pb2.Struct())


def _tidy(value: Any) -> Any:
    """Drop nulls, and convert whole numbers to ``int``: the protocol has only doubles."""
    if isinstance(value, dict):
        return {name: _tidy(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_unknown(value: Any) -> bool:
    """Return whether the value is unknown until other resources exist."""
    return bool(value == UNKNOWN)


def has_unknown(value: Any) -> bool:
    """Return whether the value contains an unknown value."""
    if isinstance(value, dict):
        return any(has_unknown(each) for each in value.values())
    return any(has_unknown(each) for each in value) if isinstance(value, list) else is_unknown(value)


def signature(value: Any) -> str | None:
    """Return the signature of an asset or archive, or ``None`` for any other value."""
    return value.get(SIGNATURE) if isinstance(value, dict) else None
