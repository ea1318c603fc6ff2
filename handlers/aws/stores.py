"""The object store port on S3."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from botocore.exceptions import ClientError

from core.ports import CACHE_CONTROL, Upload, check_size, superseded
from core.store import declared
from core.store.breaker import Breaker
from handlers.aws.clients import client
from handlers.aws.errors import translated

BREAKER = Breaker()  # one for the worker, as all its stores are in one account


class S3Store:
    """One bucket; see :class:`core.ports.ObjectStore`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """Return the object's bytes; its size is known from the answer's head, before the body is read.

        An etag of S3 changes with every write of other bytes, and with nothing else.
        """
        version = {"IfMatch": f'"{upload.source.etag}"'} if upload else {}
        with BREAKER.guarding(f"object {key!r}"), translated(f"object {key!r}"):
            answer = self._open(key, version)
            with closing(answer["Body"]) as body:
                check_size(answer["ContentLength"], max_bytes)
                if upload:
                    declared.check(key, answer["ContentLength"], answer["ContentType"])
                data: bytes = body.read()
                return data

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write the object with its type and a one-year cache header."""
        with BREAKER.guarding(f"object {key!r}"), translated(f"object {key!r}"):
            client("s3").put_object(
                Bucket=self._bucket, Key=key, Body=data, ContentType=content_type, CacheControl=CACHE_CONTROL
            )

    def _open(self, key: str, version: dict[str, str]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = client("s3").get_object(Bucket=self._bucket, Key=key, **version)
        except ClientError as error:
            if error.response["ResponseMetadata"].get("HTTPStatusCode") == 412:
                raise superseded(key) from None
            raise
        return answer
