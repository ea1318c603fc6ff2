"""A stack from its first `up` to its end, as an operator lives it."""

import pytest
from emulated import left_over

from local.environment import LocalStack
from local.providers.azure_native import identity, inventory

pytestmark = pytest.mark.e2e

# What another memory replaces: on Azure the package, whose host.json divides the memory.
REPLACED = {LocalStack.AWS: 0, LocalStack.AZURE: 1}


def test_a_stack_lives_and_dies_without_a_trace(running, changing, process, name, monkeypatch):
    outputs = changing.up(name, frontDoor=True)
    row, _ = process(name, outputs)
    assert row.document["trace"][0]["memory_mb"] == outputs["memoryMb"]

    memory = 1536 if name == LocalStack.AWS else 4096
    changing.configure(name, frontDoor=True, memoryMb=memory)
    planned = changing.preview(name)
    assert planned["update"] >= 1
    assert planned.get("replace", 0) == REPLACED[name]
    assert set(planned) <= {"same", "update"} or REPLACED[name]
    changed = changing.up(name, frontDoor=True, memoryMb=memory)
    assert changed == outputs | {"memoryMb": changed["memoryMb"]}
    assert changed["memoryMb"] != outputs["memoryMb"]
    row, _ = process(name, changed, "incoming/after the change.jpg")
    assert row.document["trace"][0]["memory_mb"] == changed["memoryMb"]

    changing.destroy(name)
    assert left_over(running, outputs) == []
    if name == LocalStack.AZURE:  # what has no emulator is only recorded
        assert inventory.everything() == {}

    monkeypatch.setenv(identity.DELAY, "20")  # new roles don't work at once
    again = changing.up(name)
    monkeypatch.delenv(identity.DELAY)
    row, _ = process(name, again, "incoming/again.jpg")
    assert row.state == "succeeded"
