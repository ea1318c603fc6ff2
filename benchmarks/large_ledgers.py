"""Ledgers with many rows on the emulators, for measuring what reads them."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path

import boto3

from core.deployment.names import LEDGER_KEY, OPEN_INDEX, OPEN_INDEX_KEYS
from core.job import Job, Source, job_id
from core.ledger import Ledger
from handlers.aws.ledger import DynamoLedger
from handlers.azure import clients, ledger_index
from handlers.azure.ledger import TableLedger
from local.emulators import azurite, ministack

UPLOADED = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
THREADS = 2


def source(number: int) -> Source:
    """Return the upload of this number."""
    return Source("photos", f"incoming/2026/{number:09d}.jpg", f"{number:032x}", 4_000_000)


def row(number: int, state: str = "succeeded") -> dict[str, str]:
    """Return the columns of an upload's row."""
    found = source(number)
    identifier = job_id(found.container, found.key, found.etag, "gallery")
    job = Job(identifier, "gallery", found, "run", UPLOADED, UPLOADED, state=state)
    times = dict.fromkeys(("claimed_at", "updated_at", "uploaded_at"), UPLOADED)
    return {
        "id": job.id,
        "state": state,
        "execution": "run",
        **times,
        "document": json.dumps(job.to_document()),
    }


def dynamo(folder: Path) -> tuple[Ledger, Callable[[Sequence[int], str], None], int]:
    """Start MiniStack; return a ledger, how to write rows, and the emulator's process id."""
    emulator, process = ministack.launch(folder)
    ministack.wait(emulator, process, folder)
    os.environ |= {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": emulator.region,
        "AWS_ACCESS_KEY_ID": emulator.access_key,
        "AWS_SECRET_ACCESS_KEY": emulator.secret_key,
    }
    database = boto3.client("dynamodb")
    key, changed = OPEN_INDEX_KEYS
    database.create_table(
        TableName="ledger",
        KeySchema=[{"AttributeName": LEDGER_KEY, "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in (LEDGER_KEY, key, changed)
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": OPEN_INDEX,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": changed, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )

    def write(numbers: Sequence[int], state: str) -> None:
        for few in batched(numbers, 25, strict=False):
            made = [row(number, state) for number in few]
            columns = [each | ({key: each["id"][0]} if state == "claimed" else {}) for each in made]
            items = [{name: {"S": value} for name, value in each.items()} for each in columns]
            database.batch_write_item(
                RequestItems={"ledger": [{"PutRequest": {"Item": each}} for each in items]}
            )

    return DynamoLedger("ledger"), write, process.pid


def table(folder: Path) -> tuple[Ledger, Callable[[Sequence[int], str], None], int]:
    """Start Azurite; return a ledger, how to write rows, and the emulator's process id."""
    storage, process = azurite.launch(folder)
    azurite.wait(storage, process, folder)
    os.environ["AZURE_STORAGE_KEY"] = storage.key
    made = clients.tables(f"{storage.table}/{storage.accounts[0]}").create_table("ledger")

    def write(numbers: Sequence[int], state: str) -> None:
        rows = sorted((row(number, state) for number in numbers), key=lambda each: each["id"])
        for shard in {each["id"][0] for each in rows}:
            mine = [each for each in rows if each["id"][0] == shard]
            for few in batched(mine, 50, strict=False):
                # Azurite resets connections when it is busy, so a transaction may have to be sent again.
                made.submit_transaction(
                    (
                        ("upsert", entity)
                        for each in few
                        for entity in (ledger_index.keys(each["id"]) | each, ledger_index.entry(each))
                    ),
                    retry_on_methods=frozenset({"POST"}),
                )

    return TableLedger(made), write, process.pid


def fill(write: Callable[[Sequence[int], str], None], most: int, seconds: float) -> int:
    """Write up to ``most`` rows within the time; return how many."""
    deadline, lock, blocks = (
        time.monotonic() + seconds,
        threading.Lock(),
        batched(range(most), 1600, strict=False),
    )
    written = []

    def work(_: int) -> None:
        while time.monotonic() < deadline:
            with lock:
                block = next(blocks, None)
            if block is None:
                return
            write(block, "succeeded")
            written.append(len(block))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    return sum(written)
