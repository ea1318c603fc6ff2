"""The Pulumi engine through its Automation API, with typed results and interruptions that unlock the stack.

Importing this module takes half a second, so import it inside the functions that need it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation
from pulumi.automation import CommandResult, EngineEvent, LocalWorkspace, OpType, PulumiCommand, UpdateSummary
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

_COLOUR = re.compile(r"<\{%.*?%\}>")  # the engine's mark-up in the text of an event

type Log = Callable[[str], Path]
"""Name the file for what a command, such as ``up``, printed."""


class Command(PulumiCommand):
    """The Pulumi CLI in its own session.

    Ctrl-C is passed on to it once. It then has time to finish its current operations and to unlock the stack;
    the Automation API itself would return immediately. ``asked`` is the last command, such as ``up``, and
    ``last`` its output.
    """

    def __init__(
        self,
        program: Path,
        *,
        version: VersionInfo | None = None,
        patience: float | None = None,
        log: Log | None = None,
    ) -> None:
        """Use a CLI.

        Args:
            program: The CLI's path.
            version: Its version, which only a preview and the events of an update need.
            patience: Seconds to wait for it after an interruption; unlimited by default.
            log: Returns the path for the output of a command.
        """
        self.command = str(program)
        self.version = version
        self.asked = ""
        self.last: CommandResult | None = None
        self._patience = patience
        self._log = log

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], object] | None = None,
        on_error: Callable[[str], object] | None = None,
    ) -> CommandResult:
        """Run a command to its end and return its output; pass the lines on once it has ended.

        Raises:
            CommandError: The command fails.
        """
        self.asked, self.last = args[0], None
        process = subprocess.Popen(  # noqa: S603 - Pulumi's own CLI
            [self.command, "--non-interactive", *args],
            cwd=cwd,
            env={**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            printed, errors = process.communicate()
        except BaseException:
            self._interrupt(process)
            raise
        for take, text in ((on_output, printed), (on_error, errors)):
            if take:
                for line in text.splitlines():
                    take(line)
        if self._log:
            file = self._log(self.asked)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(printed + errors)
        self.last = CommandResult(printed, errors, process.returncode)
        if process.returncode:
            raise create_command_error(self.last)
        return self.last

    def _interrupt(self, process: subprocess.Popen[str]) -> None:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=self._patience)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def reason(self) -> str:
        """Return why the last command failed: its error output, or the end of its output."""
        if self.last is None:
            return "It did not start."
        errors = self.last.stderr.strip().removeprefix("error: ")
        return errors or "\n".join(self.last.stdout.splitlines()[-15:])


class PulumiStack(automation.Stack):
    """A stack, addressed by its name; the user's selected stack stays selected.

    Every command of the CLI takes a quarter to half a second, so this runs no more of them than it needs.
    """

    def __init__(
        self, name: str, project: Path, command: Command, environment: Mapping[str, str] | None = None
    ) -> None:
        """Open the stack, whether or not it exists: the Automation API's constructor would select it.

        Args:
            name: The stack's name, qualified or not.
            project: The folder with ``Pulumi.yaml``.
            command: The CLI to use.
            environment: Variables for the CLI, in addition to the current ones.
        """
        self.name = name
        self.command = command
        self.workspace = LocalWorkspace(
            work_dir=str(project), env_vars=environment or {}, pulumi_command=command
        )

    def __repr__(self) -> str:
        return f"PulumiStack({self.name!r})"

    def values(self) -> dict[str, Any]:
        """Return the plain values of the outputs, secret ones included.

        Raises:
            CommandError: The stack does not exist, or cannot be read.
        """
        return plain(self.outputs())

    def outputs(self) -> automation.OutputMap:
        """Return the outputs in plain text, none marked as secret, which would take a second command."""
        arguments = ["stack", "output", "--json", "--show-secrets", "--stack", self.name]
        found = json.loads(self._run_pulumi_cmd_sync(arguments).stdout)
        return {name: automation.OutputValue(value, secret=False) for name, value in found.items()}

    def info(self, show_secrets: bool = True) -> UpdateSummary:
        """Return the summary of a successful update, without reading the history: :class:`Events` counts."""
        return UpdateSummary(self.command.asked, datetime.now(UTC), "", {}, {}, "succeeded")


def plain(outputs: automation.OutputMap) -> dict[str, Any]:
    """Return the values of outputs."""
    return {name: output.value for name, output in outputs.items()}


class Events:
    """Collect the errors and count the changes among the events of an update."""

    def __init__(self) -> None:
        """Begin with none."""
        self.errors: list[str] = []
        self.changes: dict[str, int] = {}

    def __call__(self, event: EngineEvent) -> None:
        """Take an event."""
        if event.summary_event is not None:
            counts = event.summary_event.resource_changes
            self.changes = {OpType(kind).value: count for kind, count in counts.items()}
        found = event.diagnostic_event
        if found is not None and found.severity == "error":
            resource = (found.urn or "").rpartition("::")[2]
            text = _COLOUR.sub("", found.message).strip()
            self.errors.append(f"{resource}: {text}" if resource else text)


def with_settings(config: Path, settings: Mapping[str, str], copy: Path) -> Path:
    """Write a copy of a stack's config file with ``settings`` merged into it; the file is not changed.

    Args:
        config: ``Pulumi.<stack>.yaml``.
        settings: Values by their full names, such as ``twinlens:chaos``.
        copy: Where to write it; returned.
    """
    document = yaml.safe_load(config.read_text()) or {}
    document["config"] = {**(document.get("config") or {}), **settings}
    copy.write_text(yaml.safe_dump(document))
    return copy
