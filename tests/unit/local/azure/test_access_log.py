"""The access log: which requests wrote a blob, and lines that arrive in pieces."""

import asyncio
from pathlib import Path

import pytest

from local.azure.eventgrid.access_log import BlobWrite, blob_write, follow

PATIENCE = 30  # seconds, for what happens at once unless the code is wrong


def line(request: str, status: int) -> str:
    return f'127.0.0.1 - - [23/Nov/2026:09:48:59 +0000] "{request} HTTP/1.1" {status} -\n'


@pytest.mark.parametrize(
    ("target", "status", "key", "api"),
    [
        ("/acc/in/photo.jpg", 201, "photo.jpg", "PutBlob"),
        ("/acc/in/a/b/photo.jpg?timeout=30", 201, "a/b/photo.jpg", "PutBlob"),
        ("/acc/in/big.jpg?comp=blocklist", 201, "big.jpg", "PutBlockList"),
        ("/acc/in/copy.jpg", 202, "copy.jpg", "CopyBlob"),
        ("/acc/in/a%20b%2Bc%2541%20%C3%BC.jpg", 201, "a b+c%41 ü.jpg", "PutBlob"),
        ("/acc/in/a+b%3Fc%23d.jpg?sv=2026&sig=x%2By", 201, "a+b?c#d.jpg", "PutBlob"),
    ],
)
def test_sees_written_blobs(target: str, status: int, key: str, api: str) -> None:
    assert blob_write(line(f"PUT {target}", status)) == BlobWrite("acc", "in", key, api)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("PUT /acc/in?restype=container", 201),
        ("PUT /acc/queue", 201),
        ("PUT /acc/in/big.jpg?comp=block&blockid=AA", 201),
        ("PUT /acc/in/photo.jpg?comp=metadata", 200),
        ("PUT /acc/in/photo.jpg?comp=snapshot", 201),
        ("PUT /acc/in/photo.jpg", 409),
        ("PUT /acc/queue/messages/id?popreceipt=x&visibilitytimeout=0", 204),
        ("POST /acc/queue/messages", 201),
        ("GET /acc/in/photo.jpg", 200),
        ("DELETE /acc/in/photo.jpg", 202),
    ],
)
def test_passes_over_everything_else(request_line: str, status: int) -> None:
    assert blob_write(line(request_line, status)) is None


def test_passes_over_what_is_no_request() -> None:
    assert blob_write("Azurite Blob service is successfully listening at http://127.0.0.1:1\n") is None


def test_follows_a_file_from_its_end_on(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("old\n")

    async def play() -> list[str]:
        seen: list[str] = []

        async def collect() -> None:
            async for each in follow(path):
                seen.append(each)

        async def arrived(count: int) -> None:
            async with asyncio.timeout(PATIENCE):
                while len(seen) < count:
                    await asyncio.sleep(0.01)

        task = asyncio.create_task(collect())
        await asyncio.sleep(0.1)
        with path.open("a") as file:
            file.write("one\ntw")
        await arrived(1)
        with path.open("a") as file:
            file.write("o\n")
        await arrived(2)
        path.write_text("new\n")  # shorter: the file began anew
        await arrived(3)
        task.cancel()
        return seen

    assert asyncio.run(play()) == ["one\n", "two\n", "new\n"]


def test_waits_for_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    async def play() -> str:
        lines = follow(tmp_path / "log")
        first = asyncio.ensure_future(anext(lines))
        await asyncio.sleep(0.1)
        (tmp_path / "log").write_text("one\n")
        return await asyncio.wait_for(first, PATIENCE)

    assert asyncio.run(play()) == "one\n"
