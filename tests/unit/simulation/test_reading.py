from pathlib import Path

import pytest

from simulation.errors import WorkloadError
from simulation.reading import parse, read
from simulation.workload import Photos

ISSUED = {
    "arrivals": {
        "kind": "burst",
        "count": 30,
        "bursts": 6,
        "rate_per_second": 5,
        "hours": 1,
        "trace": "no.csv",
    },
    "photos": {"megapixels": {"median": 12, "p95": 24}},
    "workflow": {"kind": "photo", "tasks": 10, "seconds": 1.0, "payload_bytes": 32},
    "platform": {
        "name": "aws.standard",
        "plan": "flex",
        "memory_mb": 256,
        "threads": 1,
        "cold": False,
        "seed": 7,
    },
}


def parsed(**tables):
    return parse(tables, Path(), "workload.toml")


def test_every_documented_key_is_read():
    made = parsed(**ISSUED)
    assert (made.arrivals.jobs, made.photos, made.seed) == (180, Photos(12, 24), 7)
    assert (made.platform.memory_mb, made.workflow.kind) == (256, "photo")


def test_a_published_experiment_runs_as_it_was_published_unless_told_otherwise():
    made = parsed(workflow={"kind": "chain"}, platform={"name": "azure.storage"})
    assert (made.platform.plan, made.platform.threads) == ("consumption", 1)
    assert parsed(workflow={"kind": "chain"}, platform={"name": "aws.standard"}).platform.memory_mb == 256


def test_all_mistakes_are_reported_at_once_and_the_nearest_name_is_suggested():
    with pytest.raises(WorkloadError) as raised:
        parsed(
            arrival={},
            arrivals={"kind": "bursts", "cuont": 3},
            photos={"megapixels": {"median": 12, "p95": 2}},
            workflow={"tasks": 0, "seconds": True},
            platform={"name": "aws.standart", "seed": -1},
        )
    text = str(raised.value)
    for part in (
        "Unknown table 'arrival'; did you mean 'arrivals'?",
        "unknown key 'cuont'; did you mean 'count'?",
        "kind is 'bursts'; it must be one of burst, rate, poisson, daily, trace, batch; did you mean",
        "p95 that is not below its median",
        "tasks is 0; it must be from 1 to 1,000",
        "seconds is True; it must be a number",
        "name is 'aws.standart'; it must be one of",
        "seed is -1",
    ):
        assert part in text
    assert len(text.splitlines()) == 9
    assert "?." not in text


def test_a_kind_of_arrivals_names_the_keys_it_needs():
    with pytest.raises(WorkloadError, match=r"'rate_per_second' is missing; the kind 'poisson' needs it"):
        parsed(arrivals={"kind": "poisson"})


def test_a_trace_is_read_and_its_bad_lines_are_named(tmp_path):
    (tmp_path / "uploads.csv").write_text("seconds,megapixels\n2,12\n0.5,24\n")
    (tmp_path / "w.toml").write_text('[arrivals]\nkind = "trace"\ntrace = "uploads.csv"\n')
    assert read(tmp_path / "w.toml").arrivals.trace == ((0.5, 24.0), (2.0, 12.0))
    (tmp_path / "uploads.csv").write_text("2,12\nlate,12\n-1,12\n")
    with pytest.raises(
        WorkloadError, match=r"line 2: it must have seconds and megapixels[\s\S]*line 3: -1 s"
    ):
        read(tmp_path / "w.toml")


@pytest.mark.parametrize(("text", "said"), [(None, "cannot be read"), ("[", "not valid TOML")])
def test_a_file_that_is_no_workload_is_refused(tmp_path, text, said):
    if text is not None:
        (tmp_path / "w.toml").write_text(text)
    with pytest.raises(WorkloadError, match=said):
        read(tmp_path / "w.toml")
