from dataclasses import replace
from datetime import UTC, datetime

import pytest

from compare.folder import read
from compare.run import RunError
from simulation.book import load, with_changes
from simulation.calibrating import from_photos, from_run
from simulation.errors import BookError
from simulation.measuring import StepWork, fit
from simulation.once import simulate
from simulation.runs import write
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

VALUES = load().values()
TRUTH = {"work.pace": 1.6, "stores.aws_event_s": 1.5, "aws.standard_transition_s": 0.3, "aws.tail_share": 0.0}


def workload(name="aws.standard", granularity="stepwise"):
    memory = 2048 if name.startswith("azure") else 1024
    architecture = "x86_64" if name.startswith("azure") else "arm64"
    platform = Platform(name=name, memory_mb=memory, architecture=architecture)
    arrivals = Arrivals(kind="rate", rate_per_second=0.2, hours=40 / 0.2 / 3600)
    return Workload(arrivals, Photos(12, 24), Flow(granularity=granularity), platform)


def measured(folder):
    """Return a simulated run as if it had been measured."""
    made = read(folder)
    return replace(made, run=replace(made.run, where="cloud"))


def test_the_parameters_of_a_run_are_found_again(tmp_path):
    folder = write(workload(), {**VALUES, **TRUTH}, tmp_path)
    found = {each.after.name: each.after for each in from_run(measured(folder))}
    for name in ("work.pace", "stores.aws_event_s"):
        assert found[name].value == pytest.approx(TRUTH[name], rel=0.15)
        assert found[name].low < TRUTH[name] < found[name].high
        assert found[name].status == "measured"
    hop = found["aws.standard_transition_s"].value + found["aws.standard_dispatch_s"].value
    assert hop == pytest.approx(0.329, rel=0.15)


@pytest.mark.parametrize("name", ["aws.standard", "azure.storage"])
def test_a_simulation_with_a_run_s_parameters_predicts_that_run(tmp_path, name):
    slower = {**VALUES, "work.pace": 2.0, "azure.queue_s": 0.02, "aws.standard_transition_s": 0.3}
    folder = write(workload(name), slower, tmp_path)
    changed = {each.after.name: each.after.value for each in from_run(measured(folder))}
    middles = []
    for values in (slower, {**VALUES, **changed}):
        [totals] = simulate(workload(name), values, 1)
        ends = sorted(end - begin for end, begin in zip(totals.last, totals.arrived, strict=True))
        middles.append(ends[len(ends) // 2])
    assert middles[1] == pytest.approx(middles[0], rel=0.25)


def test_only_measured_runs_with_enough_jobs_are_fitted(tmp_path):
    simulated = read(write(workload(), VALUES, tmp_path))
    with pytest.raises(RunError, match="was simulated"):
        from_run(simulated)
    with pytest.raises(RunError, match="at least 10 are needed"):
        from_run(replace(simulated, run=replace(simulated.run, where="cloud"), jobs=simulated.jobs[:3]))


def test_what_is_fitted_can_be_read_in_place_of_the_book_s(tmp_path):
    changes = from_photos({"resize": StepWork(0.2, 0.004, 0.1)}, datetime(2026, 1, 2, tzinfo=UTC))
    file = tmp_path / "work.toml"
    file.write_text("\n".join(each.toml for each in changes))
    book = with_changes(load(), file)
    assert book.parameters["work.resize_fixed_s"].value == 0.2
    assert book.parameters["work.resize_fixed_s"].date == "2026-01-02"
    assert changes[0].cells[0] == "work.resize_fixed_s"
    file.write_text(file.read_text().replace("resize_fixed", "resise_fixed"))
    with pytest.raises(
        BookError, match=r"no parameter 'work.resise_fixed_s'; did you mean 'work.resize_fixed_s'"
    ):
        with_changes(load(), file)


@pytest.mark.parametrize(
    ("points", "fixed", "slope"),
    [
        ([(1, 0.12), (2, 0.14), (4, 0.18)], 0.10, 0.02),
        ([(2, 0.3), (2, 0.5)], 0.4, 0.0),  # one size tells nothing of others
        ([(1, 0.5), (9, 0.1)], 0.3, 0.0),  # no photo takes less for being larger
        ([(1, 0.01), (2, 0.06), (3, 0.09)], 1e-4, 0.03),
    ],
)
def test_work_has_a_fixed_part_and_one_per_megapixel_and_neither_is_negative(points, fixed, slope):
    made = fit(points)
    assert made.fixed_s == pytest.approx(fixed, rel=0.05)
    assert made.per_megapixel_s == pytest.approx(slope, rel=0.1, abs=1e-9)
