"""Read Azurite's access log, which has a line for each answered request."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

POLL_SECONDS = 0.05
REQUEST = re.compile(r'"(?P<method>[A-Z]+) (?P<target>\S+) HTTP/[\d.]+" (?P<status>\d{3}) ')


@dataclass(frozen=True)
class BlobWrite:
    """A blob that was created; ``api`` is the operation's name in Event Grid, ``key`` the decoded name."""

    account: str
    container: str
    key: str
    api: str


def blob_write(line: str) -> BlobWrite | None:
    """Return the blob write that a line of the log reports, if any.

    A blob exists once it was put as a whole or its block list was committed; blocks, metadata, leases and
    failed requests create none. The services share one log: requests to queues and tables never end in 201 or
    202 on a path this deep.
    """
    match = REQUEST.search(line)
    if match is None or match["method"] != "PUT" or match["status"] not in ("201", "202"):
        return None
    target = urlsplit(match["target"])
    account, _, rest = target.path.lstrip("/").partition("/")
    container, _, key = rest.partition("/")
    query = parse_qs(target.query)
    operation = query.get("comp", [""])[0].lower()
    if not key or "restype" in query or operation not in ("", "blocklist"):
        return None
    api = "PutBlockList" if operation else "PutBlob" if match["status"] == "201" else "CopyBlob"
    return BlobWrite(account, unquote(container), unquote(key), api)


async def follow(path: Path) -> AsyncIterator[str]:
    """Yield every complete line that is appended to the file from now on, without end.

    The file may not exist yet, and may be truncated or replaced.
    """
    offset = path.stat().st_size if path.exists() else 0
    while True:
        if path.exists() and path.stat().st_size != offset:
            if path.stat().st_size < offset:
                offset = 0
            with path.open("rb") as file:
                file.seek(offset)
                for line in _whole_lines(file):
                    offset += len(line)
                    yield line.decode(errors="replace")
        await asyncio.sleep(POLL_SECONDS)


def _whole_lines(file: BinaryIO) -> list[bytes]:
    lines = file.read().splitlines(keepends=True)
    return lines if not lines or lines[-1].endswith(b"\n") else lines[:-1]
