import json

import pytest

from compare import format_1
from compare.folder import append_jobs, mend, preview_path, read, read_head, write_head
from compare.run import PhotoFile, RunError
from core.workflow.document import from_document


def test_a_run_is_read_as_it_was_written(make_run, make_record):
    records = [
        make_record("a.jpg"),
        make_record("b.jpg", state="rejected"),
        make_record("c.jpg", state="lost"),
    ]
    folder = read(make_run("aws-local", records))
    assert folder.jobs == tuple(records)
    assert folder.run.stack == "aws-local"
    assert folder.run.plan.uploads == 3


def test_the_head_is_replaced_whole(make_run, make_record):
    path = make_run("aws-local", [make_record("a.jpg")])
    run = read_head(path)
    write_head(path, run)
    assert read_head(path) == run
    assert sorted(each.name for each in path.iterdir()) == ["jobs.jsonl", "previews", "run.json"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not a valid Twinlens run"),
        ('{"format": 1, "name": "cut o', "not a valid Twinlens run"),
        ('{"some": "thing else"}', "missing required field `format`"),
        ('{"format": 3}', "from a newer Twinlens"),
        ('{"format": 0}', "from an older Twinlens"),
        ('{"format": 1, "name": 3}', r"\$.name"),
    ],
)
def test_a_foreign_or_broken_head_is_refused(make_run, make_record, text, fault):
    path = make_run("aws-local", [make_record("a.jpg")])
    (path / "run.json").write_text(text)
    with pytest.raises(RunError, match=fault):
        read(path)


@pytest.mark.parametrize("granularity", format_1.GRANULARITIES)
def test_a_run_of_format_1_ran_the_workflow_of_its_time(make_run, make_record, granularity):
    path = make_run(
        "aws-local", [make_record("a.jpg", granularity=granularity)], granularity=granularity, workflow={}
    )
    values = json.loads((path / "run.json").read_text()) | {"format": 1}
    del values["workflow"]
    (path / "run.json").write_text(json.dumps(values))
    folder = read(path)
    assert folder.run.format == 2
    assert folder.workflow == from_document(format_1.workflow(granularity))
    assert len(folder.workflow.states) == {"stepwise": 8, "fused": 6}[granularity]


def test_a_run_of_format_1_names_a_granularity_of_its_time(make_run, make_record):
    path = make_run("aws-local", [make_record("a.jpg")])
    values = json.loads((path / "run.json").read_text()) | {"format": 1, "granularity": "../fused"}
    (path / "run.json").write_text(json.dumps(values))
    with pytest.raises(RunError, match=r"its granularity is '\.\./fused'"):
        read(path)


@pytest.mark.parametrize("broken", [{}, {"name": "x", "states": [{"kind": "gate", "name": "checked"}]}])
def test_a_workflow_that_cannot_be_priced_is_refused_by_name(make_run, make_record, broken):
    path = make_run("aws-local", [make_record("a.jpg")], workflow=broken)
    fault = "is of the kind 'gate'; Twinlens knows task" if broken else "workflow lacks the key 'name'"
    with pytest.raises(RunError, match=rf"run\.json is not a .*run.*{fault}"):
        read(path)


def test_a_trace_that_does_not_fit_its_workflow_is_refused(make_run, make_record):
    path = make_run("aws-local", [make_record("a.jpg"), make_record("b.jpg", granularity="fused")])
    with pytest.raises(
        RunError, match="line 2, has the step 'process', which the workflow 'pipeline' of its"
    ):
        read(path)


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(RunError, match=r"it has no run\.json"):
        read(tmp_path)
    (tmp_path / "run.json").mkdir()
    with pytest.raises(RunError, match="cannot be read"):
        read(tmp_path)


def test_a_run_without_its_jobs_is_refused(make_run, make_record):
    path = make_run("aws-local", [make_record("a.jpg")])
    (path / "jobs.jsonl").unlink()
    with pytest.raises(RunError, match=r"it has no jobs\.jsonl"):
        read(path)


def test_a_line_that_is_no_record_is_named(make_run, make_record):
    path = make_run("aws-local", [make_record("a.jpg")])
    line = json.loads((path / "jobs.jsonl").read_text())
    line["state"] = "sleeping"
    with (path / "jobs.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    with pytest.raises(RunError, match="line 2, is not a job record"):
        read(path)


def test_a_half_written_line_is_refused_until_it_is_mended(make_run, make_record):
    path = make_run("aws-local", [make_record("a.jpg")])
    with (path / "jobs.jsonl").open("a") as file:
        file.write('{"id": "ab')
    with pytest.raises(RunError, match="in the middle of line 2"):
        read(path)
    mend(path)
    assert len(read(path).jobs) == 1
    append_jobs(path, [make_record("a.jpg", at=9000)])
    assert len(read(path).jobs) == 2


def test_mending_leaves_a_run_without_jobs_alone(tmp_path):
    mend(tmp_path)
    assert not list(tmp_path.iterdir())


def test_previews_lie_in_the_folder_whatever_a_photo_is_called(tmp_path):
    path = preview_path(tmp_path, PhotoFile("../../etc/passwd", 1, "ab" * 32), "../after")
    assert path.parent == tmp_path / "previews"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"cloud": "gcp"}, "its cloud is 'gcp', and Twinlens knows aws, azure"),
        ({"granularity": "coarse"}, "its granularity is 'coarse'"),
        ({"architecture": "riscv"}, "its architecture is 'riscv'"),
        (
            {"orchestrator": "temporal"},
            "its orchestrator is 'temporal', and on aws Twinlens knows standard, express, durable",
        ),
        ({"memory_mb": 0}, "its memory_mb is 0"),
    ],
)
def test_a_head_of_something_else_is_refused(make_run, make_record, changes, fault):
    path = make_run("aws-local", [make_record("a.jpg")])
    (path / "run.json").write_text(json.dumps(json.loads((path / "run.json").read_text()) | changes))
    with pytest.raises(RunError, match=fault):
        read(path)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda line: line.update(photo="b.jpg"),
            "line 2, belongs to the photo 'b.jpg', which run.json does not",
        ),
        (lambda line: line.update(job=None), "line 2, has the state succeeded, but no job"),
        (
            lambda line: line.update(recorded_at=None),
            "line 2, has the state succeeded, but no job or no time",
        ),
        (
            lambda line: line["job"]["trace"][0].update(compute_ms=-1.0),
            "line 2, has a step, validate, with a neg",
        ),
        (
            lambda line: line["job"]["trace"][0].update(attempt=0),
            "line 2, has a step, validate, with a negative",
        ),
        (lambda line: line.update(id="1" * 32), "line 3, repeats the job 1{32} of an earlier line"),
    ],
)
def test_jobs_that_no_run_of_ours_holds_are_refused(make_run, make_record, change, fault):
    path = make_run("aws-local", [make_record("a.jpg", at=at) for at in (0, 5000, 9000)])
    lines = [json.loads(line) for line in (path / "jobs.jsonl").read_text().splitlines()]
    lines[2]["id"] = "1" * 32
    change(lines[1])
    (path / "jobs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(RunError, match=fault):
        read(path)


def test_a_folder_in_place_of_the_jobs_is_refused(make_run, make_record):
    path = make_run("aws-local", [make_record("a.jpg")])
    (path / "jobs.jsonl").unlink()
    (path / "jobs.jsonl").mkdir()
    with pytest.raises(RunError, match=r"jobs\.jsonl cannot be read"):
        read(path)
