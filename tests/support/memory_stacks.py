"""A stack in memory: every upload is processed at once, by the real steps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from bench.stack import DeployedStack
from core import recipes
from core.job import Batch, Job, Source, job_id
from core.ledger import LedgerRow
from core.memory import MemoryLedger, MemoryNotifier, MemoryStore
from core.memory.host import MemoryHost
from core.ports import DeadLetters, Intake, Upload
from core.steps import Tools, execute
from core.trace import now
from core.workflow.activities import activities
from core.workflow.batch import batch_of
from core.workflow.calls import Fault
from core.workflow.granularity import all_steps, pipeline_in

OUTPUTS = {
    "cloud": "aws",
    "orchestrator": "standard",
    "granularity": "stepwise",
    "architecture": "arm64",
    "memoryMb": 1024,
    "region": "us-east-1",
    "recipe": "gallery",
    "inputContainer": "photos-in",
    "outputContainer": "photos-out",
    "inputPrefix": "incoming/",
}


class MemoryCloud:
    """See :class:`bench.connections.Connection`; keys that match ``swallowed`` never become a job."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger()
        self.notifier = MemoryNotifier()
        self.outputs = MemoryStore()
        self.input = MemoryStore()
        self.keys: list[str] = []
        self.swallowed = "nothing"
        self.stored: list[Upload] = []
        self.dead_letters: list[DeadLetters] = []
        self.deliveries = 0
        self.granularity = "stepwise"
        self.woken: list[LedgerRow] = []

    @property
    def intake(self) -> Intake:
        return self

    def uploads(self) -> Iterator[Upload]:
        """See :meth:`core.ports.Intake.uploads`."""
        yield from self.stored

    def deliver(self, upload: Upload) -> None:
        """See :meth:`core.ports.Intake.deliver`."""
        source = upload.source
        identifier = job_id(source.container, source.key, source.etag, "gallery")
        self.deliveries += 1
        self._process(
            Job(identifier, "gallery", source, f"delivery {self.deliveries}", upload.stored_at, now())
        )

    def running(self, execution: str) -> bool:
        """See :meth:`core.ports.Intake.running`."""
        return False

    def photos_under(self, prefix: str) -> Iterator[Upload]:
        """See :meth:`bench.connections.Connection.photos_under`."""
        return (each for each in self.stored if each.source.key.startswith(prefix))

    def start_batch(self, upload: Upload, recipe: str, batch: Batch) -> None:
        """Run the batch before answering."""
        source = upload.source
        identifier = job_id(source.container, source.key, source.etag, recipe)
        job = Job(identifier, recipe, source, "", upload.stored_at, "", batch=batch)
        made = activities(
            all_steps(),
            claims=lambda: self.ledger,
            notifier=lambda: self.notifier,
            tools=lambda: Tools(self.input, self.outputs, recipes.load("gallery"), 1 << 26, 1 << 26),
        )
        with suppress(Fault):
            MemoryHost(job.to_document(), made, execution=identifier).run(
                batch_of(pipeline_in(self.granularity))
            )

    def wake(self, row: LedgerRow) -> None:
        """See :meth:`bench.connections.Connection.wake`."""
        self.woken.append(row)

    def upload(self, key: str, data: bytes) -> str:
        """Process the photo before answering."""
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        self.keys.append(key)
        self.input.put(key, data, "")
        stored = Upload(Source("photos-in", key, etag, len(data)), now())
        self.stored.append(stored)
        if not re.search(self.swallowed, key):
            self.deliver(stored)
        return etag

    def _process(self, job: Job) -> None:
        tools = Tools(self.input, self.outputs, recipes.load("gallery"), 1 << 26, 1 << 26)
        if not self.ledger.claim(job):
            return
        for step in pipeline_in(self.granularity).steps():
            job = execute(step.name, job, tools)
            if job.error:
                self.ledger.record(replace(job, state="rejected"))
                return
        self.ledger.record(replace(job, state="succeeded"))


@pytest.fixture
def clouds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, MemoryCloud]:
    """Two stacks, ``aws-local`` and ``azure-local``, in place of deployed ones; no emulator is known."""
    monkeypatch.setenv("TWINLENS_LOCAL", str(tmp_path / "local.json"))
    made = {"aws-local": MemoryCloud(), "azure-local": MemoryCloud()}
    monkeypatch.setattr(
        DeployedStack, "of", lambda stack: DeployedStack(stack, OUTPUTS, made[stack], "emulator")
    )
    monkeypatch.setattr("bench.sending.POLL_SECONDS", 0.01)
    return made


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of two good photos and one that is none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, shade in (("light one.jpg", 200), ("dark.png", 20)):
        file = BytesIO()
        Image.linear_gradient("L").resize((64, 64)).point(lambda value, top=shade: min(value, top)).save(
            file, "PNG"
        )
        (folder / name).write_bytes(file.getvalue())
    (folder / "text.jpg").write_text("no picture")
    (folder / "notes.txt").write_text("no photo at all")
    return folder


@pytest.fixture
def run() -> Iterator[CliRunner]:
    return CliRunner()
