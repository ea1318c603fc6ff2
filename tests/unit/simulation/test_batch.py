"""A batch in simulated time: so many items at once, each once, on Azure page by page."""

from itertools import pairwise

import pytest

from compare.folder import read
from core.batch.items import PAGE
from simulation.batch import Turns
from simulation.book import load
from simulation.once import executions
from simulation.predict import predict
from simulation.runs import write
from simulation.workload import Arrivals, Flow, Platform, Workload

ITEMS, AT_ONCE = 2 * PAGE + 20, 5


def workload(platform):
    return Workload(
        Arrivals("batch", count=ITEMS, at_once=AT_ONCE),
        workflow=Flow(granularity="fused"),
        platform=Platform(platform),
    )


def test_an_item_s_end_is_the_next_one_s_turn_and_a_page_waits_for_its_last():
    begun = []
    turns = Turns(begun.append, iter(range(5)), at_once=2, page=3)
    turns.begin()
    counts = [len(begun)]
    for _ in range(5):
        turns.ended()
        counts.append(len(begun))

    assert begun == [0, 1, 2, 3, 4]
    assert counts == [2, 3, 3, 5, 5, 5]


@pytest.mark.parametrize("platform", ["aws.standard", "aws.express", "azure.storage"])
def test_never_more_items_run_than_are_wanted(platform):
    found = [each for _, _, each in executions(workload(platform), load().values())]

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


def test_items_are_standard_executions_in_figures_and_run(tmp_path):
    made = predict(workload("aws.express"), draws=1)
    folder = read(write(workload("aws.express"), load().values(), tmp_path))

    assert made.figures["billed.transitions"].value >= 6 * ITEMS
    assert made.extrapolated == ("how soon a batch begins its next item has no published measurement",)
    assert folder.run.orchestrator == "standard"
    assert folder.run.batch.counts == {"succeeded": ITEMS}
