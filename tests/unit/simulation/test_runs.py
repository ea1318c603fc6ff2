import pytest

from compare.folder import read
from compare.report import build
from compare.run import RunError
from core.workflow.granularity import pipeline_in
from simulation.book import load
from simulation.runs import CALIBRATED, write
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

VALUES = load().values()


def workload(name, granularity="stepwise"):
    memory = 2048 if name.startswith("azure") else 1024
    architecture = "x86_64" if name.startswith("azure") else "arm64"
    return Workload(
        Arrivals(count=5, bursts=2),
        Photos(12, 24),
        Flow(granularity=granularity),
        Platform(name=name, memory_mb=memory, architecture=architecture),
    )


@pytest.mark.parametrize("name", ["aws.standard", "aws.express", "azure.storage", "azure.scheduler"])
@pytest.mark.parametrize("granularity", ["stepwise", "fused"])
def test_a_simulated_run_is_one_that_its_workflow_can_produce(tmp_path, name, granularity):
    folder = read(write(workload(name, granularity), VALUES, tmp_path))
    assert folder.run.where == "simulated"
    assert [record.state for record in folder.jobs] == ["succeeded"] * 10
    assert {record.burst for record in folder.jobs} == {1, 2}
    steps = len(list(pipeline_in(granularity).steps()))
    assert {len(record.job.trace) for record in folder.jobs} == {steps}
    assert folder.jobs[0].job.artifacts


def test_equal_workloads_give_equal_runs_and_only_those_are_replaced(tmp_path):
    first = write(workload("aws.standard"), VALUES, tmp_path / "a")
    second = write(workload("aws.standard"), VALUES, tmp_path / "b")
    for name in ("run.json", "jobs.jsonl"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert write(workload("aws.standard"), VALUES, tmp_path / "a") == first
    assert (first / "jobs.jsonl").read_bytes() == (second / "jobs.jsonl").read_bytes()
    (second / "run.json").unlink()
    assert read(write(workload("aws.standard"), VALUES, tmp_path / "b")).run.ended
    head = (first / "run.json").read_text()
    (first / "run.json").write_text(head.replace('"where": "simulated"', '"where": "cloud"'))
    with pytest.raises(RunError, match="is in the way"):
        write(workload("aws.standard"), VALUES, tmp_path / "a")


def test_a_report_says_that_it_was_simulated_and_what_is_an_extrapolation(tmp_path):
    runs = [read(write(workload(name), VALUES, tmp_path)) for name in ("aws.standard", "azure.scheduler")]
    report = build(runs)
    assert report.place == "Simulated"
    assert report.notice.startswith("Simulated, not measured")
    assert "extrapolated: the Durable Task Scheduler has no published latency" in report.notice
    assert runs[0].run.rests_on == CALIBRATED
