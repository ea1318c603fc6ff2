"""Inject faults into stacks through their setting ``chaos``, and remove them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import emulators
from bench.project import config, config_file
from bench.stack import opened
from core.chaos import NAMED, Profile
from core.deployment.names import LOCAL_SUFFIX
from core.errors import SettingsError, SetupError, TwinlensError

CHAOS = "twinlens:chaos"
ALLOWED = "twinlens:allowChaos"


def profile(asked: str) -> Profile:
    """Read a fault profile from its name, its text, or a file that contains either.

    Raises:
        SettingsError: ``asked`` is none of these.
    """
    file = Path(asked)
    text = file.read_text() if asked not in NAMED and file.is_file() else asked
    return Profile.parse(text)


@contextmanager
def injected(faults: Profile, stacks: Sequence[str], warn: Callable[[str], object]) -> Iterator[None]:
    """Deploy the stacks with faults, and deploy them without faults when the block ends or fails.

    Calls ``warn`` with a sentence about each stack that may still have faults afterwards.

    Raises:
        SettingsError: A stack is not a test stack and does not allow faults; then nothing was deployed.
    """
    for stack in stacks:
        if not stack.endswith(LOCAL_SUFFIX) and config(stack).get(ALLOWED) not in (True, "true"):
            raise SettingsError(
                f"The stack {stack!r} does not allow faults: "
                f"`pulumi config set allowChaos true -s {stack}` allows them."
            )
    begun: list[str] = []
    try:
        for stack in stacks:
            begun.append(stack)
            _deploy(stack, {CHAOS: str(faults)})
        yield
    finally:
        for stack in begun:
            _restore(stack, warn)


def _restore(stack: str, warn: Callable[[str], object]) -> None:
    """Deploy the stack with its own config; warn if that fails, instead of hiding an earlier error."""
    try:
        _deploy(stack, {})
    except (TwinlensError, KeyboardInterrupt) as error:
        warn(f"The stack {stack!r} may still inject faults; `pulumi up -s {stack}` removes them. {error}")


def _deploy(stack: str, settings: Mapping[str, str]) -> None:
    """Deploy the stack with ``settings`` in addition to its own, which are not changed."""
    if stack.endswith(LOCAL_SUFFIX):
        emulators.deploy(stack, settings)
        return
    from pulumi.automation import CommandError

    from components.engine import with_settings

    opened_stack = opened(stack)
    with TemporaryDirectory() as folder:
        own = config_file(stack)
        copy = with_settings(own, settings, Path(folder) / own.name)
        try:
            opened_stack.up(config_file=str(copy))
        except CommandError:
            reason = opened_stack.command.reason()
            raise SetupError(f"Pulumi cannot deploy the stack {stack!r}.\n{reason}") from None
