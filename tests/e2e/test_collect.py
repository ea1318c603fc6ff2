"""The rules beside what the emulators themselves keep account of."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.accounts import collect_run
from bench.records import head, record
from bench.sending import follow, send_together
from compare.collecting.comparison import BilledRun, compare
from compare.folder import append_jobs, read, write_head
from compare.run import Plan
from core.trace import now

pytestmark = pytest.mark.e2e


@pytest.fixture
def compared(stand, photo, tmp_path) -> BilledRun:
    """A small run of a photo and of a file that is none, collected."""
    files = [tmp_path / "good.jpg", tmp_path / "bad.jpg"]
    for file, data in zip(files, (photo, b"no photo at all"), strict=True):
        file.write_bytes(data)
    run = head(stand.deployment, files, Plan(bursts=1, burst_size=len(files)))
    uploads = send_together([(stand.deployment, file, f"collect/{run.name}/{file.name}") for file in files])
    rows = follow(uploads, 300, lambda _: None)
    write_head(tmp_path / "run", replace(run, ended=now()))
    append_jobs(tmp_path / "run", [record(each, rows.get(each)) for each in uploads])
    return collected(stand, tmp_path / "run")


def collected(stand, path: Path) -> BilledRun:
    folder = read(path)
    billed = collect_run(stand.deployment, folder)
    assert read(path).billed == billed
    return compare(folder.run.name, folder, billed)


def test_what_an_emulator_counts_is_what_the_rules_say(stand, compared):
    assert (compared.jobs, compared.untraced) == (2, 0)
    counted = {each.meter: each for each in compared.meters}
    if stand.deployment.outputs["cloud"] == "azure":  # the local host keeps no account
        assert not counted
        assert not any(each.again for each in compared.unknown)
        return
    # A photo enters ten states, one that is none six.
    transitions = counted["aws.stepfunctions.transitions"]
    assert (transitions.estimated, transitions.billed) == (16, 16)
    requests = counted["aws.lambda.requests"]
    assert requests.estimated == 5
    assert requests.billed >= 5  # jobs of other tests may just have ended
    steps = {each.step: each for each in compared.functions}
    assert steps["validate"].traced == 2
    assert steps["optimize"].figures.memory_mb == stand.deployment.outputs["memoryMb"]
    assert not any(each.again for each in compared.unknown)
