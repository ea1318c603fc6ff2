"""A deployed stack: its outputs, its objects and its ledger."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bench import emulators, project
from bench.connections import Connection, connect
from compare.run import Where
from core.deployment.names import LOCAL_SUFFIX
from core.errors import SetupError
from core.job import job_id
from core.ledger import LedgerRow
from core.mistakes import meant

if TYPE_CHECKING:
    from components.engine import PulumiStack

NO_LOGIN = "PULUMI_ACCESS_TOKEN must be set"  # what the CLI says where nobody has logged in


class Outputs(dict[str, Any]):
    """A stack's outputs; one that an older Twinlens did not have is a clear error."""

    def __missing__(self, name: str) -> NoReturn:
        """Refuse to go on.

        Raises:
            SetupError: Always.
        """
        raise SetupError(
            f"The stack has no output {name!r}: `pulumi up` updates it to this version of Twinlens."
        )


@dataclass(frozen=True, eq=False)
class DeployedStack:
    """A deployed stack; ``outputs`` are its stack outputs, with the same names on both clouds."""

    stack: str
    outputs: Mapping[str, Any]
    connection: Connection
    where: Where

    @classmethod
    def of(cls, stack: str) -> DeployedStack:
        """Find the stack and connect to its cloud, or to the emulators for a stack named ``*-local``.

        Raises:
            SetupError: The Pulumi CLI or the stack does not exist, or nothing is deployed in the stack.
            NotRunning: The emulators are not running.
        """
        if not stack:
            raise SetupError("--stack is empty: name a stack, such as aws-local.")
        where: Where = "emulator" if stack.endswith(LOCAL_SUFFIX) else "cloud"
        if where == "emulator":
            emulators.enter()
        outputs = _outputs(stack)
        return cls(stack, outputs, connect(outputs), where)

    def check(self) -> None:
        """Check that the emulators of a local stack still run; a real cloud is not checked.

        Raises:
            NotRunning: An emulator has ended.
        """
        if self.where == "emulator":
            emulators.check()

    def key(self, name: str) -> str:
        """Return the key under which an upload named ``name`` starts a job."""
        return f"{self.outputs['inputPrefix']}{name}"

    def upload(self, path: Path, name: str) -> str:
        """Upload the file as ``name`` below the input prefix, and return the id of its future job."""
        key = self.key(name)
        etag = self.connection.upload(key, path.read_bytes())
        return job_id(self.outputs["inputContainer"], key, etag, self.outputs["recipe"])

    def row(self, job: str) -> LedgerRow | None:
        """Return the job's ledger row, or ``None`` if there is none yet."""
        return self.connection.ledger.get(job)

    def rows(self) -> Iterator[LedgerRow]:
        """Yield all rows of the ledger, in no particular order."""
        return self.connection.ledger.list()

    def read_output(self, key: str) -> bytes:
        """Return the bytes of a finished output."""
        return self.connection.outputs.get(key, max_bytes=1 << 30)


def opened(stack: str) -> PulumiStack:
    """Open the stack with the Pulumi CLI on PATH.

    Raises:
        SetupError: There is no Pulumi CLI, or no Pulumi project.
    """
    from components.engine import Command, PulumiStack

    program = shutil.which("pulumi")
    if program is None:
        raise SetupError("The Pulumi CLI is not on PATH: `twinlens doctor` says how to install it.")
    return PulumiStack(stack, project.root(), Command(Path(program)))


def _outputs(name: str) -> dict[str, Any]:
    stack = opened(name)
    from pulumi.automation import CommandError

    try:
        outputs = stack.values()
    except CommandError:
        reason = stack.command.reason()
        if NO_LOGIN in reason:
            raise SetupError(
                f"Pulumi cannot read the stack {name!r}, since it is not logged in: `pulumi login` chooses "
                "where it keeps its state."
            ) from None
        raise SetupError(
            f"Pulumi cannot read the stack {name!r}{meant(name, project.stacks())}: "
            f"{reason.partition('\n')[0]}. `pulumi up -s {name}` creates it."
        ) from None
    if "cloud" not in outputs:
        raise SetupError(f"Nothing is deployed in the stack {name!r}: `pulumi up -s {name}` deploys it.")
    return Outputs(outputs)
