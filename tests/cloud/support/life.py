"""A stack of the tests' own, from its first ``up`` to its end, on a cloud or on the emulators."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import yaml
from listeners import LISTENERS, Listener
from pulumi.automation import OpType

from bench import emulators, project
from bench.sending import follow, send_together
from bench.stack import DeployedStack, opened
from core.deployment.names import LOCAL_SUFFIX
from core.ledger import LedgerRow
from local.toolchain import pulumi

TIMEOUT_SECONDS = 900
PHOTO = project.root() / "samples" / "mountain.jpg"


class Life:
    """One stack; it is destroyed and removed when the block ends.

    ``base`` names the stack whose config it takes over: ``aws``, ``azure``, ``aws-local`` or ``azure-local``.
    """

    def __init__(self, base: str) -> None:
        self.name = f"test-{uuid.uuid4().hex[:6]}-{base}"
        self.local = base.endswith(LOCAL_SUFFIX)
        if self.local:
            emulators.enter()
        self._given = yaml.safe_load(project.config_file(base).read_text())["config"]
        self._file = project.config_file(self.name)
        self._stack = opened(self.name)
        self._stack.command.version = pulumi.version(Path(self._stack.command.command).parent)
        self._deployment: DeployedStack | None = None
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        self._write({})
        self._stack.workspace.create_stack(self.name)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.destroy()
            self._stack.workspace.remove_stack(self.name)
        finally:
            self._file.unlink(missing_ok=True)

    @property
    def deployment(self) -> DeployedStack:
        """The stack as it is deployed; it is deployed first if that has to be."""
        return self._deployment or self.up()

    @property
    def listener(self) -> Listener:
        """What hears of the ends of its jobs from the first time it is asked for."""
        if self._listener is None:
            outputs = self.deployment.outputs
            self._listener = LISTENERS[outputs["cloud"]](outputs)
        return self._listener

    def up(self, **settings: Any) -> DeployedStack:
        """Deploy the stack with these settings and no others of an earlier time."""
        self._write(settings)
        self._stack.up(color="never")
        self._deployment = DeployedStack.of(self.name)
        return self._deployment

    def changes_after_refresh(self) -> dict[str, int]:
        """Return what a preview would change once Pulumi has looked at everything that stands."""
        self._stack.refresh(color="never")
        summary = self._stack.preview(color="never").change_summary
        return {OpType(kind).value: count for kind, count in summary.items()}

    def resources(self) -> list[dict[str, Any]]:
        """Return what the stack's state holds of clouds' resources: type, id and the rest."""
        held = self._stack.export_stack().deployment or {}
        return [each for each in held.get("resources", []) if each.get("custom") and each.get("id")]

    def destroy(self) -> None:
        """Remove everything; do nothing if nothing is deployed."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._stack.destroy(color="never")
        self._deployment = None

    def send(self, count: int, photo: Path = PHOTO) -> list[LedgerRow]:
        """Upload a photo so many times at once; return the rows of the jobs, all of which have to end."""
        folder = f"test-{uuid.uuid4().hex[:6]}"
        names = (f"{folder}/{number}{photo.suffix}" for number in range(count))
        uploads = send_together([(self.deployment, photo, name) for name in names])
        found = follow(uploads, TIMEOUT_SECONDS, lambda _: None)
        assert len(found) == count, f"{count - len(found)} of {count} jobs did not end"
        return [found[upload] for upload in uploads]

    def _write(self, settings: dict[str, Any]) -> None:
        # Pulumi keeps the stack's salt in this file too.
        held = yaml.safe_load(self._file.read_text()) if self._file.exists() else {}
        own = {f"twinlens:{name}": value for name, value in settings.items()}
        self._file.write_text(yaml.safe_dump({**held, "config": {**self._given, **own}}))


def states(rows: Sequence[LedgerRow]) -> set[str]:
    """Return the states in which jobs ended."""
    return {row.state for row in rows}
