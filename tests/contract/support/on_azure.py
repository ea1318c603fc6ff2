"""The function app under one version of the Durable SDK, with scripted steps behind it and Azurite below."""

import copy
import json
import os
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Any

import scripted
from azure.core.credentials import AzureNamedKeyCredential
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient
from outcome import (
    AGAIN,
    CONTAINER,
    ETAG,
    RECIPE,
    SIZE,
    Outcome,
    calls,
    notifications,
    timeless,
    timeless_row,
)

from local.emulators.azurite import Storage
from local.toolchain import environments

CHECKOUT = Path(__file__).parents[3]
EVENT = json.loads((CHECKOUT / "tests/events/event_grid_blob_created.json").read_text())["plain"]
PROGRAM = Path(__file__).with_name("durable_run.py")
# In the order in which a job sends to them.
QUEUES = {"review": "notify-review", "success": "notify-success", "error": "notify-error"}

# The interpreters of the two SDKs: the project's own holds the one that is deployed.
STABLE = Path(sys.executable)
NEXT = environments.python(environments.AZURE_HOST)


def upload(key: str) -> dict[str, Any]:
    """Return the event of an upload as Event Grid writes it."""
    event = copy.deepcopy(EVENT)
    event["subject"] = f"/blobServices/default/containers/{CONTAINER}/blobs/{key}"
    event["data"] |= {"eTag": ETAG, "contentLength": SIZE}
    return event


class Azure:
    """One storage account, and what became of it after a run."""

    def __init__(self, storage: Storage, account: str, folder: Path) -> None:
        self._calls = folder / f"calls-{account}"
        self._calls.touch()
        self.store = folder / f"store-{account}"
        credential = AzureNamedKeyCredential(account, storage.key)
        urls = {each: f"{getattr(storage, each)}/{account}" for each in ("blob", "queue", "table")}
        tables = TableServiceClient(urls["table"], credential=credential)
        self._ledger = tables.create_table("ledger")
        self._queues = QueueServiceClient(urls["queue"], credential=credential)
        for name in QUEUES.values():
            self._queues.create_queue(name)
        self._settings = {
            **{f"PHOTOS__{service}ServiceUri": url for service, url in urls.items()},
            "AZURE_STORAGE_KEY": storage.key,
            "TWINLENS_RECIPE": RECIPE,
            "TWINLENS_UPLOADS_QUEUE": "uploads",
            "TWINLENS_LEDGER_TABLE": "ledger",
            "TWINLENS_SUCCESS_QUEUE": QUEUES["success"],
            "TWINLENS_ERROR_QUEUE": QUEUES["error"],
            "TWINLENS_REVIEW_QUEUE": QUEUES["review"],
            "TWINLENS_DECISIONS_QUEUE": "decisions",
            scripted.CALLS: str(self._calls),
            scripted.STORE: str(self.store),
        }

    def run(self, python: Path, events: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
        """Deliver events, each for its granularity, under this interpreter's SDK; return what it says."""
        messages = [
            {"id": str(number), "granularity": granularity, "text": json.dumps(event)}
            for number, (granularity, event) in enumerate(events)
        ]
        finished = subprocess.run(
            [str(python), str(PROGRAM), sysconfig.get_path("purelib")],
            input=json.dumps({"messages": messages}),
            env={**os.environ, **self._settings, "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        said: dict[str, Any] = json.loads(finished.stdout)
        return said

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return the ledger's rows by the upload's key."""
        rows = [dict(entity) for entity in self._ledger.query_entities("RowKey lt 'index:'")]
        for row in rows:
            assert (row.pop("PartitionKey"), row.pop("RowKey")) == (row["id"][0], row["id"])
        return {row["key"]: timeless_row(row) for row in rows}

    def notifications(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """Return what was sent to the queues, by the upload's key."""
        sent: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for topic, name in QUEUES.items():
            queue = self._queues.get_queue_client(name)
            texts = [message.content for message in queue.receive_messages(messages_per_page=32)]
            for key, messages in notifications(topic, texts).items():
                sent.setdefault(key, []).extend(messages)
        return sent

    def calls(self) -> dict[str, Counter[str]]:
        """Return how often each step was called, by the upload's key."""
        return calls(self._calls)


type Run = tuple[dict[str, Outcome], dict[str, Counter[str]], dict[str, Any]]


def run_all(azure: Azure, python: Path) -> Run:
    """Run every scenario and then the first once more; return outcomes, calls and what the program said."""
    granularities = (
        ("stepwise", scripted.SCENARIOS),
        ("fused", scripted.FUSED),
        ("reviewed", scripted.REVIEWED),
        ("hasty", scripted.LATE),
    )
    keys = {scenario: scripted.key(scenario) for _, scripts in granularities for scenario in scripts}
    events = [(each, upload(keys[scenario])) for each, scripts in granularities for scenario in scripts]
    keys[AGAIN] = next(iter(keys.values()))
    said = azure.run(python, [*events, ("stepwise", upload(keys[AGAIN]))])
    rows, sent = azure.rows(), azure.notifications()
    outcomes = {
        scenario: Outcome(_end(end["output"]), rows[key], sent.get(key, []))
        for (scenario, key), end in zip(keys.items(), said["ends"], strict=True)
    }
    return outcomes, azure.calls(), said


def _end(output: dict[str, Any] | str) -> dict[str, Any] | str:
    return output if isinstance(output, str) else timeless(output)
