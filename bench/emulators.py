"""The emulators behind the stacks named ``*-local``, imported only by what needs them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench import project
from core.deployment.names import LOCAL_VARIABLE
from core.errors import SetupError, TwinlensError

VARIABLE = LOCAL_VARIABLE


@contextmanager
def extra() -> Iterator[None]:
    """Explain a failed import in the block, which imports the code of the emulators.

    Raises:
        SetupError: A package of the extra ``local`` is missing, or this is not a checkout.
    """
    if not project.in_checkout():
        raise SetupError("The emulators need a checkout of Twinlens: run it in one, after `make setup`.")
    try:
        yield
    except ModuleNotFoundError as missing:
        raise SetupError(
            f"The emulators need the package {missing.name!r}, which is not installed: run `make setup`, or "
            "install the extra with `pip install -e '.[local]'`."
        ) from None


def enter() -> None:
    """Point this process to the emulators, as ``eval "$(twinlens local env)"`` does for a shell.

    Raises:
        SetupError: The extra ``local`` is not installed.
        NotRunning: The emulators are not running.
    """
    with extra():
        from local.emulators import check
        from local.environment import enter
    check()
    enter()


def check() -> None:
    """Check that all emulators still run.

    Raises:
        NotRunning: An emulator has ended.
    """
    with extra():
        from local.emulators import check
    check()


def deploy(stack: str, settings: Mapping[str, str]) -> None:
    """Deploy a local stack with ``settings`` in addition to its own, which are not changed.

    Raises:
        StackFailed: Pulumi reports an error.
    """
    with extra():
        from local.stack import up
    up(stack, settings=settings)


def trouble() -> str | None:
    """Return why the emulators that this process uses do not answer, or ``None`` if they do."""
    if VARIABLE not in os.environ:
        return None
    try:
        check()
    except TwinlensError as reason:
        return str(reason)
    return None
