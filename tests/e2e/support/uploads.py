"""The uploads of a storm: usual ones, and those that need care, each with the end that is right for it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import boto3
from azure.storage.blob import BlobClient, ContentSettings
from PIL import Image, ImageDraw

from core import recipes
from core.errors import Superseded
from core.job import Job, Source, job_id
from core.memory import MemoryStore
from core.steps import Tools, execute
from core.workflow.photo import PIPELINE

BROKEN = (b"", b"no photo at all", b"\xff\xd8\xff\xe0 a JPEG's beginning and nothing more")
PICTURES = 10
LIMIT = 1 << 26
NEVER_STORED = "0x8D0000000000000"  # the etag of an object that was overwritten long ago
# How many of each thirty uploads are of a kind; the rest are usual ones.
OF = 30
KINDS = {
    "broken": 3,
    "overwritten": 3,
    "event of an older version": 2,
    "empty first": 3,
    "deleted and uploaded again": 3,
    "gzip": 2,
    "called gzip": 2,
}

# What a job made: the SHA-256 of each output by name, or the name of its error.
type End = Mapping[str, str] | str


@dataclass(frozen=True)
class Sent:
    """An upload of the test, and the job it must become; ``replaced`` if another came under its key."""

    job: str
    kind: str
    key: str
    etag: str
    data: bytes
    replaced: bool = False

    def is_right(self, end: End) -> bool:
        """Return whether the job's end is that of its own bytes, or says that they were gone."""
        return end == undisturbed(self.data) or (self.replaced and end == Superseded.__name__)


def kinds(keys: int) -> list[str]:
    """Return the kind of each upload of a storm, the usual ones last."""
    special = [kind for kind, count in KINDS.items() for _ in range(count * keys // OF)]
    return special + ["usual"] * (keys - len(special))


def first(stand: Any, key: str, number: int, kind: str) -> Sent:
    """Upload what comes first under the key; return the job that it must become."""
    data = picture(number % PICTURES)
    match kind:
        case "broken":
            return _put(stand, key, kind, BROKEN[number % len(BROKEN)])
        case "overwritten" | "deleted and uploaded again":
            return _put(stand, key, kind, data, replaced=True)
        case "empty first":
            return _put(stand, key, kind, b"", replaced=True)
        case "gzip":
            return _put(stand, key, kind, gzip.compress(data), encoding="gzip")
        case "called gzip":
            return _put(stand, key, kind, data, encoding="gzip")
        case _:
            return _put(stand, key, kind, data)


def second(stand: Any, key: str, number: int, before: Sent) -> list[Sent]:
    """Do what comes later under the same key, once the job before is claimed; return what it must become.

    The local Event Grid would give two writes within milliseconds the same etag.
    """
    kind, data = before.kind, picture(number % PICTURES)
    if before.replaced:
        stand.claimed(before.job)
    match kind:
        case "overwritten":
            # Of another size: on Azure, writes of one size within a second can't be told apart.
            return [_put(stand, key, kind, picture((number + 1) % PICTURES) + bytes(1000))]
        case "event of an older version":
            stand.deliveries.deliver(key, NEVER_STORED, 17, times=1)
            return [_sent(stand, key, kind, NEVER_STORED, b"", replaced=True)]
        case "deleted and uploaded again":
            _delete(stand, key)
            return [_put(stand, key, kind, data)]
        case "empty first":
            return [_put(stand, key, kind, data)]
        case _:
            return []


@cache
def picture(number: int) -> bytes:
    """Return a small photo of its own for each number."""
    image = Image.linear_gradient("L").resize((120, 90)).convert("RGB")
    ImageDraw.Draw(image).ellipse(
        (number * 4, 10, number * 4 + 30, 60), fill=(255 - number * 9, 40, number * 12)
    )
    file = BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


@cache
def undisturbed(data: bytes) -> End:
    """Return the end of a run without faults."""
    gallery = recipes.load("gallery")
    tools = Tools(MemoryStore({"photo": data}), MemoryStore(), gallery, LIMIT, LIMIT)
    job = Job("0" * 32, "gallery", Source("", "photo", "", len(data)), "", "", "")
    for step in PIPELINE.steps():
        job = execute(step.name, job, tools)
        if job.error:
            return job.error.name
    return {each.name: sha256(tools.output.get(each.key, LIMIT)) for each in job.artifacts}


def sha256(data: bytes) -> str:
    """Return the digest of an output."""
    return hashlib.sha256(data).hexdigest()


def _put(stand: Any, key: str, kind: str, data: bytes, encoding: str = "", *, replaced: bool = False) -> Sent:
    if not encoding:
        etag = stand.deployment.connection.upload(key, data)
    elif stand.deployment.outputs["cloud"] == "aws":
        bucket = stand.deployment.outputs["inputContainer"]
        answer = boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=data, ContentEncoding=encoding)
        etag = answer["ETag"]
    else:
        settings = ContentSettings(content_encoding=encoding)
        etag = _blob(stand, key).upload_blob(data, overwrite=True, content_settings=settings)["etag"]
    return _sent(stand, key, kind, etag.strip('"'), data, replaced=replaced)


def _sent(stand: Any, key: str, kind: str, etag: str, data: bytes, *, replaced: bool = False) -> Sent:
    container = stand.deployment.outputs["inputContainer"]
    return Sent(job_id(container, key, etag, "gallery"), kind, key, etag, data, replaced)


def _delete(stand: Any, key: str) -> None:
    if stand.deployment.outputs["cloud"] == "aws":
        boto3.client("s3").delete_object(Bucket=stand.deployment.outputs["inputContainer"], Key=key)
    else:
        _blob(stand, key).delete_blob()


def _blob(stand: Any, key: str) -> BlobClient:
    blobs = stand.deployment.connection._blobs
    client: BlobClient = blobs.get_blob_client(stand.deployment.outputs["inputContainer"], key)
    return client
