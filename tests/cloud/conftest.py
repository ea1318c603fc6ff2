"""The stacks under test: one of the user's own, or one that a test makes and destroys."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.stack import DeployedStack
from core.errors import TwinlensError

sys.path[:0] = [str(Path(__file__).parents[1] / "e2e" / "support"), str(Path(__file__).parent / "support")]

if TYPE_CHECKING:
    from life import Life
    from listeners import Listener

OWN, NEW = "STACK", "NEW"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Collect the tests of the user's own stack, or of a new one, as the variables say."""
    asked = {"test_stack.py": OWN, "test_life.py": NEW}.get(collection_path.name)
    return True if asked and not os.environ.get(asked) else None


@pytest.fixture(scope="session")
def entered() -> tuple[DeployedStack, dict[str, str]]:
    """The stack that STACK names, and the environment in which it is reached."""
    stack = os.environ.get(OWN)
    if not stack:
        pytest.exit("Name the stack to test: make test-cloud STACK=aws", returncode=2)
    before = dict(os.environ)
    try:
        deployment = DeployedStack.of(stack)
    except TwinlensError as error:
        pytest.exit(str(error), returncode=1)
    return deployment, {name: value for name, value in os.environ.items() if before.get(name) != value}


@pytest.fixture
def deployment(
    entered: tuple[DeployedStack, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> DeployedStack:
    """The stack, with this process pointed at its cloud."""
    found, variables = entered
    if found.outputs["cloud"] == "aws":
        variables = {"AWS_DEFAULT_REGION": found.outputs["region"], **variables}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture(scope="session")
def listeners() -> Iterator[dict[str, Listener]]:
    """What listens for the length of all tests: removed at the end."""
    made: dict[str, Listener] = {}
    yield made
    for each in made.values():
        each.close()


@pytest.fixture
def listener(deployment: DeployedStack, listeners: dict[str, Listener]) -> Listener:
    """What hears of the stack's jobs from the first test on."""
    from listeners import LISTENERS

    if deployment.stack not in listeners:
        listeners[deployment.stack] = LISTENERS[deployment.outputs["cloud"]](deployment.outputs)
    return listeners[deployment.stack]


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    """A new stack, which does not outlive the tests."""
    from life import Life

    with Life(os.environ[NEW]) as begun:
        yield begun
