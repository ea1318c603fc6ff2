"""The Lambda entry point of the front door, behind an HTTP API, and its ports on AWS."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from core.deployment import variables
from core.deployment.limits import LEDGER_RETENTION
from core.deployment.names import EXPIRES_AT, LEDGER_KEY
from core.front_door.door import WAIT_SECONDS, FrontDoor
from core.front_door.ports import Request, SignedUpload, Ticket
from core.job import Source
from handlers.aws.clients import CONFIG, client
from handlers.aws.errors import translated
from handlers.aws.ledger import DynamoLedger

RESULT_SECONDS = 3600
# Signature version 4, which binds headers. Without more checksums than are asked for: they would have to be
# known when an address is signed.
SIGNING = Config(signature_version="s3v4", request_checksum_calculation="when_required")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request of an HTTP API (payload format 2.0)."""
    answer = door().answer(request_in(event))
    return {"statusCode": int(answer.status), "headers": dict(answer.headers), "body": answer.body}


def request_in(event: Mapping[str, Any]) -> Request:
    """Return the request of an event."""
    body = event.get("body") or ""
    told = event["requestContext"]
    claims = told.get("authorizer", {}).get("jwt", {}).get("claims", {})
    return Request(
        told["http"]["method"],
        event["rawPath"],
        event.get("queryStringParameters") or {},
        {name.lower(): value for name, value in event.get("headers", {}).items()},
        base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(),
        f"{claims['iss']}\n{claims['sub']}" if claims else "",
    )


@cache
def door() -> FrontDoor:
    """Return the worker's front door."""
    bucket = os.environ[variables.INPUT_CONTAINER]
    return FrontDoor(
        DynamoTickets(os.environ[variables.TICKETS_TABLE]),
        S3Uploads(bucket),
        DynamoLedger(os.environ[variables.LEDGER_TABLE]),
        S3Signer(bucket, os.environ[variables.OUTPUT_CONTAINER], os.environ.get(variables.RESULTS_URL, "")),
        Executions(),
        DynamoPlaces(os.environ[variables.TICKETS_TABLE], int(os.environ[variables.WAITING_CALLS])),
        os.environ[variables.RECIPE],
        int(os.environ[variables.MAX_BYTES]),
        os.environ[variables.INPUT_PREFIX],
        tuple(os.environ[variables.STEPS].split(",")),
    )


class DynamoTickets:
    """See :class:`core.front_door.ports.Tickets`; DynamoDB deletes tickets by their ``expires_at``."""

    def __init__(self, table: str) -> None:
        self._table = table

    def add(self, ticket: Ticket) -> None:
        """See :meth:`core.front_door.ports.Tickets.add`."""
        ends = datetime.now(UTC) + LEDGER_RETENTION
        texts = {name: {"S": value} for name, value in vars(ticket).items() if value}
        with translated(f"table {self._table}"):
            client("dynamodb").put_item(
                TableName=self._table, Item={**texts, EXPIRES_AT: {"N": str(int(ends.timestamp()))}}
            )

    def get(self, ticket: str) -> Ticket | None:
        """See :meth:`core.front_door.ports.Tickets.get`."""
        with translated(f"table {self._table}"):
            answer = client("dynamodb").get_item(
                TableName=self._table, Key={LEDGER_KEY: {"S": ticket}}, ConsistentRead=True
            )
        if "Item" not in answer:
            return None
        return Ticket(**{name: each["S"] for name, each in answer["Item"].items() if name != EXPIRES_AT})

    def found(self, ticket: Ticket, job: str) -> None:
        """See :meth:`core.front_door.ports.Tickets.found`."""
        with translated(f"table {self._table}"):
            client("dynamodb").update_item(
                TableName=self._table,
                Key={LEDGER_KEY: {"S": ticket.id}},
                UpdateExpression="SET #job = :job",
                ConditionExpression="attribute_exists(#id)",
                ExpressionAttributeNames={"#job": "job", "#id": LEDGER_KEY},
                ExpressionAttributeValues={":job": {"S": job}},
            )


class DynamoPlaces:
    """See :class:`core.front_door.ports.Places`; how many are taken is counted in the table of tickets.

    Every window of 20 seconds has a count of its own, so that no place is lost with a call that crashes. So
    for a moment at most twice as many wait.
    """

    def __init__(self, table: str, places: int) -> None:
        self._table = table
        self._places = places

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """See :meth:`core.front_door.ports.Places.taken`."""
        window = int(time.time()) // WAIT_SECONDS
        taken = self._count(window, 1, below=self._places)
        try:
            yield taken
        finally:
            if taken:
                self._count(window, -1, below=self._places + 1)

    def _count(self, window: int, change: int, below: int) -> bool:
        """Change the window's count if it is below the number; return whether it was."""
        values = {":change": change, ":below": below, ":ends": (window + 2) * WAIT_SECONDS}
        with translated(f"table {self._table}"):
            try:
                client("dynamodb").update_item(
                    TableName=self._table,
                    Key={LEDGER_KEY: {"S": f"waiting {window}"}},
                    UpdateExpression="SET #ends = :ends ADD #taken :change",
                    ConditionExpression="attribute_not_exists(#taken) OR #taken < :below",
                    ExpressionAttributeNames={"#taken": "taken", "#ends": EXPIRES_AT},
                    ExpressionAttributeValues={name: {"N": str(each)} for name, each in values.items()},
                )
            except client("dynamodb").exceptions.ConditionalCheckFailedException:
                return False
        return True


class S3Uploads:
    """See :class:`core.front_door.ports.Uploads`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def find(self, key: str) -> Source | None:
        """See :meth:`core.front_door.ports.Uploads.find`."""
        with translated(f"object {key!r}"):
            try:
                found = client("s3").head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                # 403 is what S3 says of a missing object to whoever may not list the bucket.
                if error.response["ResponseMetadata"].get("HTTPStatusCode") in (403, 404):
                    return None
                raise
        return Source(self._bucket, key, found["ETag"].strip('"'), found["ContentLength"])


class S3Signer:
    """See :class:`core.front_door.ports.Signer`; ``public`` is where outputs are public, if they are."""

    def __init__(self, uploads: str, outputs: str, public: str) -> None:
        self._uploads = uploads
        self._outputs = outputs
        self._public = public

    def upload(
        self, key: str, size: int, content_type: str, sha256: str | None, expires: datetime
    ) -> SignedUpload:
        """Sign a PUT with its size and headers; ``If-None-Match`` refuses a second one."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode() if sha256 else ""
        url = _signing().generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._uploads,
                "Key": key,
                "ContentLength": size,
                "ContentType": content_type,
                "IfNoneMatch": "*",
                **({"ChecksumSHA256": checksum} if checksum else {}),
            },
            ExpiresIn=max(1, int((expires - datetime.now(UTC)).total_seconds())),
        )
        headers = {"Content-Type": content_type, "If-None-Match": "*"}
        if checksum:
            headers["x-amz-checksum-sha256"] = checksum
        return SignedUpload(url, headers)

    def result(self, key: str) -> str:
        """Return the public address, or one that is signed for an hour."""
        if self._public:
            return f"{self._public}/{key}"
        return str(
            _signing().generate_presigned_url(
                "get_object", Params={"Bucket": self._outputs, "Key": key}, ExpiresIn=RESULT_SECONDS
            )
        )


class Executions:
    """See :class:`core.front_door.ports.Progress`; an express execution has no history to be asked for."""

    def done(self, execution: str) -> Iterator[str]:
        """See :meth:`core.front_door.ports.Progress.done`."""
        if ":execution:" not in execution:
            return
        with translated(f"execution {execution}"):
            answer = client("stepfunctions").get_execution_history(
                executionArn=execution, reverseOrder=True, maxResults=100, includeExecutionData=False
            )
        for each in reversed(answer["events"]):
            if each["type"] == "TaskStateExited":
                yield each["stateExitedEventDetails"]["name"]


@cache
def _signing() -> BaseClient:
    return Session().create_client("s3", config=CONFIG.merge(SIGNING))
