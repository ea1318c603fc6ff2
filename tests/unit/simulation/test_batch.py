"""A batch in simulated time: so many items at once, each once, on Azure page by page."""

from itertools import pairwise

import pytest

from compare.folder import read
from compare.report.build import build
from core.batch.items import PAGE, TOLERATED
from core.job import Batch
from simulation.batch import program
from simulation.book import load
from simulation.once import bursts, run
from simulation.predict import predict
from simulation.program import ITEM, OK
from simulation.replay import LOST
from simulation.runs import stamp, write
from simulation.streams import Streams
from simulation.workload import Arrivals, Flow, Platform, Workload

ITEMS, AT_ONCE = 2 * PAGE + 20, 5


def workload(platform):
    return Workload(
        Arrivals("batch", count=ITEMS, at_once=AT_ONCE),
        workflow=Flow(granularity="fused"),
        platform=Platform(platform),
    )


@pytest.mark.parametrize("platform", ["aws.standard", "aws.express", "azure.storage"])
def test_never_more_items_run_than_are_wanted(platform):
    [burst] = bursts(workload(platform), load().values())
    found = burst.executions

    assert [each.state for each in found] == ["succeeded"] * ITEMS
    moments = sorted([(each.arrived, 1) for each in found] + [(each.ended, -1) for each in found])
    running, most = 0, 0
    for _, change in moments:
        running += change
        most = max(most, running)
    assert most == AT_ONCE
    pages = [found[at : at + PAGE] for at in range(0, ITEMS, PAGE)]
    waited = all(
        max(each.ended for each in page) <= min(each.arrived for each in following)
        for page, following in pairwise(pages)
    )
    assert waited == (platform == "azure.storage")
    summary_s = load().values()[f"batch.{platform.partition('.')[0]}_summary_row_s"] * ITEMS
    assert burst.ended > max(each.ended for each in found) + summary_s


def test_a_batch_s_own_calls_are_no_jobs():
    totals = run(workload("aws.standard"), load().values(), Streams(1))

    assert (len(totals.last), totals.tasks) == (ITEMS, 4 * ITEMS)  # claim, process, record, notify
    assert totals.executions == ITEMS + 1, "the summary is a function's"


def test_no_more_items_are_begun_once_too_many_have_failed():
    batch = Batch(ITEMS, AT_ONCE, TOLERATED)
    made = program("aws", "fused", batch)
    node, under_way, begun = made.start, list(made.start.calls), 0
    while node.state is None:
        call = under_way.pop(0)
        begun += call.activity == ITEM
        node = made.next(node, call.slot, LOST if call.activity == ITEM else OK)
        under_way += node.calls

    assert node.failed
    assert begun == int(ITEMS * TOLERATED / 100) + AT_ONCE


def test_items_are_standard_executions_in_figures_and_run(tmp_path):
    made = predict(workload("aws.express"), draws=1)
    folder = read(write(workload("aws.express"), load().values(), tmp_path))

    assert made.figures["billed.transitions"].value >= 6 * ITEMS
    assert made.extrapolated == ("how soon a batch begins its next item has no published measurement",)
    assert folder.run.orchestrator == "standard"
    assert folder.run.batch.counts == {"succeeded": ITEMS}
    [burst] = bursts(workload("aws.express"), load().values())
    assert folder.run.ended == stamp(burst.ended), "with its summary"


def test_a_report_calls_a_simulated_batch_so(tmp_path):
    folder = read(write(workload("aws.standard"), load().values(), tmp_path))

    told = " ".join(build([folder]).summary)
    assert f" is a simulated batch of {ITEMS} items: {ITEMS} succeeded, in " in told
