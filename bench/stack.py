"""A deployed stack as the command line sees it: its outputs, its objects and its ledger."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.clouds import Cloud, connect
from compare.run import Where
from core.errors import SetupError
from core.job import job_id
from core.ports import LedgerRow

ROOT = Path(__file__).parent.parent
LOCAL_SUFFIX = "-local"


@dataclass(frozen=True, eq=False)
class DeployedStack:
    """One stack that is up; ``outputs`` are the stack outputs, the same names on both clouds."""

    stack: str
    outputs: Mapping[str, Any]
    cloud: Cloud
    where: Where

    @classmethod
    def of(cls, stack: str) -> DeployedStack:
        """Find the stack and connect to its cloud, or to the emulators for a stack named ``*-local``.

        Raises:
            SetupError: There is no Pulumi CLI, no such stack, or nothing deployed in it.
            NotRunning: The emulators are not up.
        """
        where: Where = "emulator" if stack.endswith(LOCAL_SUFFIX) else "cloud"
        if where == "emulator":
            _enter_emulators()
        outputs = _outputs(stack)
        return cls(stack, outputs, connect(outputs), where)

    def check(self) -> None:
        """See that nothing it stands on has gone; of a real cloud nothing is known.

        Raises:
            NotRunning: It stands on emulators, and one has ended.
        """
        if self.where == "emulator":
            from local.emulators import check

            check()

    def key(self, name: str) -> str:
        """Return the key under which an upload called ``name`` starts a job."""
        return f"{self.outputs['inputPrefix']}{name}"

    def upload(self, path: Path, name: str) -> str:
        """Upload the file as ``name`` below the input prefix, and return the id its job will have."""
        key = self.key(name)
        etag = self.cloud.upload(key, path.read_bytes())
        return job_id(self.outputs["inputContainer"], key, etag, self.outputs["recipe"])

    def row(self, job: str) -> LedgerRow | None:
        """Return the job's ledger row, or ``None`` while there is none."""
        return self.cloud.ledger.get(job)

    def rows(self) -> Iterator[LedgerRow]:
        """Yield the whole ledger, in no particular order."""
        return self.cloud.ledger.list()

    def read_output(self, key: str) -> bytes:
        """Return the bytes of a finished output."""
        return self.cloud.outputs.get(key, max_bytes=1 << 30)


def run_pulumi(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the caller's own Pulumi CLI on the project, and return what it printed, whether it failed or not.

    Raises:
        SetupError: There is no Pulumi CLI.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise SetupError("There is no Pulumi CLI on PATH: `twinlens doctor` says how to get it.")
    # Ctrl-C reaches it from the terminal: it ends what it began and then itself.
    return subprocess.run(  # noqa: S603  the CLI that the caller has on PATH
        [pulumi, *arguments, "--non-interactive"], cwd=ROOT, capture_output=True, text=True, check=False
    )


def _enter_emulators() -> None:
    """Point this process at the emulators, as ``eval "$(twinlens local env)"`` does for a shell."""
    from local.emulators import check
    from local.stack import environment

    check()
    os.environ.update(environment())


def _outputs(stack: str) -> dict[str, Any]:
    done = run_pulumi("stack", "output", "--json", "--show-secrets", "--stack", stack)
    if done.returncode:
        reason = done.stderr.strip().removeprefix("error: ").splitlines() or ["no reason given"]
        raise SetupError(
            f"Pulumi cannot read the stack {stack!r}: {reason[0]}. `pulumi up -s {stack}` makes it."
        )
    outputs: dict[str, Any] = json.loads(done.stdout)
    if "cloud" not in outputs:
        raise SetupError(f"Nothing is deployed in the stack {stack!r}: `pulumi up -s {stack}` does it.")
    return outputs
