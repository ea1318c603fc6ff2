"""Deploy stacks with faults for a while, through their setting ``chaos``, and take the faults away again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from cli.console import print_error
from cli.deployment import LOCAL_SUFFIX, ROOT
from core.chaos import NAMED, Profile
from core.errors import SettingsError, SetupError, TwinlensError

CHAOS = "twinlens:chaos"
ALLOWED = "twinlens:allowChaos"


def profile(asked: str) -> Profile:
    """Read what was asked for: a profile's name, its text, or a file that holds either.

    Raises:
        SettingsError: It is none of these.
    """
    file = Path(asked)
    text = file.read_text() if asked not in NAMED and file.is_file() else asked
    return Profile.parse(text)


@contextmanager
def struck(stacks: Sequence[str], by: Profile) -> Iterator[None]:
    """Have the stacks deployed with faults for the length of a block, whatever ends it.

    Their own config files stay as they are.

    Raises:
        SettingsError: A stack is neither a test stack nor allows faults; then nothing was deployed.
    """
    configs = {stack: _config(stack) for stack in stacks}
    for stack, config in configs.items():
        if not stack.endswith(LOCAL_SUFFIX) and config["config"].get(ALLOWED) not in (True, "true"):
            raise SettingsError(
                f"Faults are for test stacks; for {stack!r}, "
                f"`pulumi config set allowChaos true -s {stack}` would allow them."
            )
    begun: list[str] = []
    try:
        with TemporaryDirectory() as folder:
            for stack, config in configs.items():
                file = Path(folder) / f"Pulumi.{_plain(stack)}.yaml"
                file.write_text(yaml.safe_dump(config | {"config": config["config"] | {CHAOS: str(by)}}))
                begun.append(stack)
                _deploy(stack, file)
        yield
    finally:
        for stack in begun:
            _restore(stack)


def _restore(stack: str) -> None:
    """Deploy the stack as its own config says; a failure is told, and hides no error that led here."""
    try:
        _deploy(stack, _config_file(stack))
    except (TwinlensError, KeyboardInterrupt) as error:
        print_error(
            f"The stack {stack!r} may still have faults; `pulumi up -s {stack}` takes them away. {error}"
        )


def _deploy(stack: str, config: Path) -> None:
    if stack.endswith(LOCAL_SUFFIX):
        from local.stack import up

        up(stack, config=config)
        return
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise SetupError("There is no Pulumi CLI on PATH: `twinlens doctor` says how to get it.")
    # Ctrl-C reaches it from the terminal: it ends what it began and then itself.
    done = subprocess.run(  # noqa: S603  the CLI that the caller has on PATH
        [pulumi, "up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"],
        cwd=ROOT,
        env={**os.environ, "PULUMI_OPTION_CONFIG_FILE": str(config)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"Pulumi cannot deploy the stack {stack!r}.\n{done.stdout}{done.stderr}")


def _config(stack: str) -> dict[str, Any]:
    file = _config_file(stack)
    try:
        found: dict[str, Any] = yaml.safe_load(file.read_text())
        return {**found, "config": found.get("config") or {}}
    except (FileNotFoundError, TypeError, AttributeError, yaml.YAMLError):
        raise SetupError(f"The stack {stack!r} has no config in {file}.") from None


def _config_file(stack: str) -> Path:
    return ROOT / f"Pulumi.{_plain(stack)}.yaml"


def _plain(stack: str) -> str:
    """Return the stack's name without its organisation and project."""
    return stack.rpartition("/")[2]
