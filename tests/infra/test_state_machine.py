"""The compiled definition beside its committed snapshot, so that a review sees what changes."""

import runpy
from pathlib import Path

SNAPSHOT = Path(__file__).parent / "snapshots" / "pipeline.asl.json"


def test_the_compiled_definition_is_the_committed_one(capsys):
    runpy.run_module("components.aws.state_machine", run_name="__main__")
    assert capsys.readouterr().out == SNAPSHOT.read_text(), (
        f"If the change is meant: python -m components.aws.state_machine > {SNAPSHOT}"
    )
