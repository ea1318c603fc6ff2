import pytest

from core.workflow.model import Parallel
from core.workflow.photo import PIPELINE
from simulation.book import load
from simulation.once import simulate
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

VALUES = load().values()
STEPS = len(list(PIPELINE.steps()))
TASKS = STEPS + 3  # claim, record and notify


def workload(name="aws.standard", count=30, **platform):
    return Workload(Arrivals(count=count), Photos(), Flow(), Platform(name=name, **platform))


@pytest.fixture(params=["aws.standard", "aws.express", "aws.durable", "azure.storage", "azure.scheduler"])
def name(request):
    return request.param


def memory(name):
    return {"memory_mb": 2048} if name.startswith("azure") else {}


def test_every_photo_ends_succeeded(name):
    [totals] = simulate(workload(name, **memory(name)), VALUES, 1)
    assert totals.states == {"succeeded": 30}
    assert totals.tasks == 30 * TASKS
    assert len(totals.hops) == 30 * (TASKS - 1)


def test_equal_seeds_give_equal_results(name):
    first, again, other = (
        simulate(workload(name, **memory(name)), VALUES, seed)[0].last.tolist() for seed in (1, 1, 2)
    )
    assert first == again != other


def test_two_variants_meet_the_same_photos():
    given = Arrivals(kind="poisson", rate_per_second=2, hours=0.01)
    seen = {
        name: simulate(Workload(given, Photos(12, 24), Flow(), Platform(name=name)), VALUES, 3)[0].arrived
        for name in ("aws.standard", "aws.express")
    }
    assert sorted(seen["aws.standard"]) == sorted(seen["aws.express"])


def test_a_cold_burst_needs_an_environment_for_every_call():
    warm = simulate(workload(), VALUES, 1)[0]
    cold = simulate(workload(cold=True), VALUES, 1)[0]
    assert warm.cold < 10
    assert cold.cold == pytest.approx(STEPS * 30, abs=30)
    assert sum(cold.last) > sum(warm.last)


def test_calls_beyond_the_concurrency_are_throttled_and_tried_again():
    [totals] = simulate(workload(concurrency=5), VALUES, 1)
    assert totals.throttled > 0
    assert totals.instances == 5
    assert totals.transitions > 30 * 10


def test_a_lambda_call_is_billed_by_the_millisecond_with_its_init():
    [warm] = simulate(workload(count=1), {**VALUES, "aws.recycled_share": 0.0}, 1)
    [cold] = simulate(workload(count=1, cold=True), VALUES, 1)
    branches = sum(len(each.branches) for each in PIPELINE.states if isinstance(each, Parallel))
    assert warm.executions == cold.executions == STEPS
    assert warm.transitions == cold.transitions == len(PIPELINE.states) + branches
    assert cold.gb_seconds - warm.gb_seconds > STEPS * 0.3
    assert round(warm.gb_seconds * 1000, 6) == round(round(warm.gb_seconds * 1000), 6)


def test_one_thread_runs_the_branches_of_a_fan_out_one_after_the_other():
    given = Workload(
        Arrivals(count=1),
        Photos(),
        Flow(kind="fan_out", tasks=4, seconds=10.0),
        Platform(name="azure.storage", plan="consumption", threads=1),
    )
    [totals] = simulate(given, VALUES, 1)
    assert totals.last[0] - totals.first[0] == pytest.approx(40.2, abs=0.4)
    assert totals.instances == 1


def test_a_workflow_alone_meets_one_instance_even_if_it_is_wide():
    flow = Flow(kind="fan_out", tasks=16, seconds=10.0)
    platform = Platform(name="azure.storage", plan="consumption", threads=1)
    [totals] = simulate(Workload(Arrivals(count=1), Photos(), flow, platform), VALUES, 1)
    assert totals.instances == 2  # one, and one more for what it could not prefetch
    assert totals.last[0] - totals.first[0] == pytest.approx(100, abs=5)


def test_a_backlog_brings_one_instance_after_the_other():
    given = Workload(
        Arrivals(count=30),
        Photos(),
        Flow(kind="fan_out", tasks=8, seconds=5.0),
        Platform(name="azure.storage", plan="consumption", threads=1),
    )
    [totals] = simulate(given, VALUES, 1)
    assert 6 <= totals.instances <= 16
    assert totals.states == {"succeeded": 30}


def test_an_episode_takes_all_results_that_have_come_by_then():
    given = Workload(
        Arrivals(count=30),
        Photos(),
        Flow(kind="fan_out", tasks=8, seconds=0.0),
        Platform(name="azure.storage", plan="consumption", threads=1),
    )
    [totals] = simulate(given, VALUES, 1)
    assert totals.executions < 30 * (1 + 9 + 10)


@pytest.mark.parametrize("name", ["aws.standard", "aws.express", "aws.durable"])
@pytest.mark.parametrize("granularity", ["stepwise", "fused"])
def test_a_burst_far_beyond_the_concurrency_fails_nothing(name, granularity):
    given = Workload(
        Arrivals(count=500),
        Photos(),
        Flow(granularity=granularity),
        Platform(name=name, cold=True, concurrency=5),
    )
    [totals] = simulate(given, VALUES, 1)
    assert totals.states == {"succeeded": 500}
    assert totals.throttled > 500
    assert totals.instances == 5


def test_an_express_execution_that_is_handed_over_is_billed_transitions_from_then_on():
    given = Workload(Arrivals(count=200), Photos(), Flow(), Platform("aws.express", cold=True, concurrency=2))
    [busy] = simulate(given, VALUES, 1)
    [free] = simulate(workload("aws.express"), VALUES, 1)
    assert busy.states == {"succeeded": 200}
    assert busy.transitions > 0
    assert free.transitions == 0
