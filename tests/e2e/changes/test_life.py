"""A stack that is changed, and removed without a trace."""

import pytest
from emulated import left_over
from usual import FRONT_DOOR, REVIEW

from local.environment import LocalStack
from local.providers.azure_native import inventory

pytestmark = pytest.mark.e2e

# What another memory replaces: on Azure the package, whose host.json divides the memory.
REPLACED = {LocalStack.AWS: 0, LocalStack.AZURE: 1}


def test_a_stack_lives_and_dies_without_a_trace(running, changing, process, name, orchestrator):
    settings = {"orchestrator": orchestrator, **FRONT_DOOR, **REVIEW}
    outputs = changing.up(name, **settings)
    row, _ = process(name, outputs)
    assert row.document["trace"][0]["memory_mb"] == outputs["memoryMb"]

    memory = 1536 if name == LocalStack.AWS else 4096
    changing.configure(name, **settings, memoryMb=memory)
    planned = changing.preview(name)
    assert planned["update"] >= 1
    assert planned.get("replace", 0) == REPLACED[name]
    assert set(planned) <= {"same", "update"} or REPLACED[name]
    changed = changing.up(name, **settings, memoryMb=memory)
    assert changed == outputs | {"memoryMb": changed["memoryMb"]}
    assert changed["memoryMb"] != outputs["memoryMb"]
    row, _ = process(name, changed, "incoming/after the change.jpg")
    assert row.document["trace"][0]["memory_mb"] == changed["memoryMb"]

    changing.destroy(name)
    assert left_over(running, outputs) == []
    if name == LocalStack.AZURE:  # what has no emulator is only recorded
        assert inventory.everything() == {}
