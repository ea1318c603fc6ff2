"""Read what an uploader declares, and refuse what the stack would not accept."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any

from core.front_door.problems import Problem
from core.store.declared import TYPES
from core.visible import visible

FIELDS = {"name": str, "bytes": int, "type": str, "sha256": str}
OPTIONAL = {"sha256"}
NAME_CHARACTERS = 200
BODY_BYTES = 4096
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Wanted:
    """The upload that somebody wants to make."""

    name: str
    size: int
    content_type: str
    suffix: str
    sha256: str | None


def read(body: bytes, max_bytes: int) -> Wanted:
    """Read the body of ``POST /uploads``.

    Raises:
        Problem: It is wrong, or the upload would not be accepted.
    """
    fields = _fields(body)
    name, size = fields["name"], fields["bytes"]
    if not _plain(name):
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            f"The name must have 1 to {NAME_CHARACTERS} visible characters and no slash.",
        )
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in TYPES:
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The name ends in no suffix of a photo: {', '.join(TYPES)} are accepted.",
        )
    if fields["type"].lower() != TYPES[suffix]:
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The type of a file that ends in {suffix} is {TYPES[suffix]}."
        )
    if size < 1:
        raise Problem(HTTPStatus.BAD_REQUEST, "The file is empty.")
    if size > max_bytes:
        raise Problem(
            HTTPStatus.CONTENT_TOO_LARGE,
            f"The file has {size:,} bytes; at most {max_bytes:,} are accepted.",
        )
    sha256 = fields.get("sha256")
    if sha256 is not None and not SHA256.fullmatch(sha256):
        raise Problem(HTTPStatus.BAD_REQUEST, "The field sha256 must be 64 hex digits in lower case.")
    return Wanted(name, size, TYPES[suffix], suffix, sha256)


def _plain(name: str) -> bool:
    """Return whether the name is short, shows all that it has, and names no folder."""
    whole = name.encode("utf-8", "replace").decode()  # half a character is none
    return (
        bool(name.strip())
        and len(name) <= NAME_CHARACTERS
        and visible(name) == name == whole
        and (not set(name) & set("/\\"))
    )


def _fields(body: bytes) -> dict[str, Any]:
    if len(body) > BODY_BYTES:
        raise Problem(HTTPStatus.BAD_REQUEST, f"The body has more than {BODY_BYTES:,} bytes.")
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(HTTPStatus.BAD_REQUEST, "The body is not JSON.") from None
    if not isinstance(fields, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "The body is not a JSON object.")
    for name in FIELDS:
        if name not in fields and name not in OPTIONAL:
            raise Problem(HTTPStatus.BAD_REQUEST, f"The field {name} is missing.")
    for name, value in fields.items():
        if name not in FIELDS:
            raise Problem(HTTPStatus.BAD_REQUEST, f"There is no such field: {', '.join(FIELDS)} are known.")
        if not isinstance(value, FIELDS[name]) or isinstance(value, bool):
            kind = "a whole number" if FIELDS[name] is int else "a text"
            raise Problem(HTTPStatus.BAD_REQUEST, f"The field {name} must be {kind}.")
    return fields
