"""A stack from its first `up` to its end, as an operator lives it."""

import pytest
from emulated import configure, left_over

from local import stack
from local.environment import LocalStack
from local.providers.azure_native import identity

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("name", list(LocalStack))
def test_a_stack_lives_and_dies_without_a_trace(running, project, process, name, monkeypatch):
    monkeypatch.setenv(identity.DELAY, "20")  # new roles don't work at once
    outputs = stack.up(name, project)
    monkeypatch.delenv(identity.DELAY)
    row, _ = process(name, outputs)
    assert row.document["trace"][0]["memory_mb"] == outputs["memoryMb"]

    configure(project, name, memoryMb=1536 if name == LocalStack.AWS else 4096)
    planned = stack.preview(name, project)
    assert planned["update"] >= 1
    # On Azure the number of activities at once follows from the memory; it is part of the code.
    delivered = {"create", "delete", "replace"} if name == LocalStack.AZURE else set()
    assert set(planned) <= {"same", "update"} | delivered
    changed = stack.up(name, project)
    assert changed == outputs | {"memoryMb": changed["memoryMb"]}
    assert changed["memoryMb"] != outputs["memoryMb"]
    row, _ = process(name, changed, "incoming/after the change.jpg")
    assert row.document["trace"][0]["memory_mb"] == changed["memoryMb"]

    stack.destroy(name, project)
    assert left_over(running, outputs) == []

    again = stack.up(name, project)
    row, _ = process(name, again, "incoming/again.jpg")
    assert row.state == "succeeded"
    stack.destroy(name, project)
