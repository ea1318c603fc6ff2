"""The compiled definitions beside their committed snapshots, so that a review sees what changes."""

import runpy
import sys
from pathlib import Path

import pytest

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize(
    ("granularity", "snapshot"), [("stepwise", "pipeline.asl.json"), ("fused", "pipeline_fused.asl.json")]
)
def test_the_compiled_definition_is_the_committed_one(granularity, snapshot, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["", granularity])
    runpy.run_module("components.aws.state_machine", run_name="__main__")
    assert capsys.readouterr().out == (SNAPSHOTS / snapshot).read_text(), (
        f"If the change is meant: python -m components.aws.state_machine {granularity} > {snapshot}"
    )
