"""Photos by the front door: one more call each, which may be refused, and the time that it takes."""

from dataclasses import replace

import numpy as np
import pytest

from compare.folder import read
from components.aws import front_door as on_aws
from components.azure import front_door as on_azure
from simulation.book import load
from simulation.errors import WorkloadError
from simulation.execution import Totals
from simulation.once import simulate
from simulation.platforms import front_door
from simulation.predict import figures, predict
from simulation.reading import parse
from simulation.runs import write
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

FOLLOW_CALLS = 5  # door.follow_calls
AWS = Workload(Arrivals(count=20, via_api=True), Photos(), Flow(), Platform())
AZURE = replace(
    AWS, platform=Platform("azure.storage", memory_mb=2048, architecture="x86_64", concurrency=100)
)


def totals(workload: Workload) -> Totals:
    return simulate(workload, load().values(), 1)[0]


def directly(workload: Workload) -> Workload:
    return replace(workload, arrivals=replace(workload.arrivals, via_api=False))


def burst(workload: Workload, count: int, **platform: object) -> Workload:
    arrivals = replace(workload.arrivals, count=count)
    return replace(workload, arrivals=arrivals, platform=replace(workload.platform, **platform))


def test_its_numbers_are_those_that_are_deployed():
    assert (front_door.RATE, front_door.BURST) == (on_aws.RATE, on_aws.BURST)
    assert front_door.LAMBDA_MB == on_aws.MEMORY_MB
    assert front_door.CONCURRENCY == on_azure.CONCURRENCY


@pytest.mark.parametrize("workload", [AWS, AZURE], ids=["aws", "azure"])
def test_each_photo_is_asked_for_and_followed(workload):
    through, past = totals(workload), totals(directly(workload))
    assert len(through.asked) == 20
    assert not past.asked
    assert all(each > 0 for each in through.asked)
    if workload is AWS:  # on Azure, what shares an episode depends on when it came
        assert through.executions == past.executions + 20 * (1 + FOLLOW_CALLS)
    assert figures([through])["sojourn_s.p50"] > figures([past])["sojourn_s.p50"]
    assert "asking_s.p50" not in figures([past])


def test_beyond_the_burst_of_the_stage_clients_ask_again():
    few, many = totals(burst(AWS, 150)), totals(burst(AWS, 400))
    assert (few.throttled, few.states) == (0, {"succeeded": 150})
    assert many.throttled >= 200
    assert many.states == {"succeeded": 400}
    # The bucket refills by fifty a second: the last of two hundred more waits four seconds at least.
    assert max(many.asked) >= 4 > 1 > max(few.asked)


def test_a_cold_door_takes_longer():
    warm, cold = (totals(burst(AWS, 20, cold=each)) for each in (False, True))
    assert min(cold.asked) > max(0.2, min(warm.asked))
    one, more = totals(burst(AZURE, 10)), totals(burst(AZURE, 40))
    new_s = load().values()["door.new_instance_s"]
    assert max(one.asked) < new_s < max(more.asked)
    assert sum(each > new_s for each in more.asked) == 40 - front_door.CONCURRENCY


def test_no_more_instances_than_the_app_may_have():
    limited = totals(burst(AZURE, 200, concurrency=2))
    assert limited.throttled > 0
    assert limited.states == {"succeeded": 200}


def test_workloads_without_one_are_drawn_as_if_there_were_none():
    book = load()
    without = type(book)(
        {name: each for name, each in book.parameters.items() if not name.startswith("door.")}
    )
    drawn = [each.draw(np.random.default_rng(3)) for each in (book, without)]
    assert {name: drawn[0][name] for name in drawn[1]} == drawn[1]


def test_a_prediction_has_the_time_of_asking_with_its_interval():
    made = predict(burst(AWS, 5), draws=4).figures["asking_s.p95"]
    assert 0 < made.low <= made.value <= made.high


def test_a_run_has_the_calls_of_each_photo(tmp_path):
    folder = read(write(burst(AWS, 3), load().values(), tmp_path))
    assert (folder.run.via_api, folder.run.front_door, folder.run.where) == (True, True, "simulated")
    for each in folder.jobs:
        assert each.began < each.sent
        assert each.api.count == 1 + FOLLOW_CALLS
        assert 0 < each.api.asked_ms < each.api.open_ms


def test_only_photos_come_by_it(tmp_path):
    document = {"arrivals": {"via_api": True}, "workflow": {"kind": "chain"}}
    with pytest.raises(WorkloadError, match="only photos that arrive come by a front door"):
        parse(document, tmp_path, "workload.toml")
