"""What must hold of any workload, on a small grid of published and photo workloads."""

from dataclasses import replace
from itertools import pairwise, product

import pytest

from simulation import predict as module
from simulation.book import load
from simulation.document import TIMES, document
from simulation.once import simulate
from simulation.predict import figures, predict
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

NAMES = ("aws.standard", "aws.express", "aws.durable", "azure.storage", "azure.scheduler")
PLATFORMS = [
    Platform(name, plan=plan, memory_mb=memory, threads=threads, cold=cold)
    for name, cold in product(NAMES, (False, True))
    for plan, memory, threads in (
        (("flex", 256, 4),)
        if name.startswith("aws")
        else (("flex", 2048, 4), ("consumption", 1536, 1), ("consumption", 1536, 4))
    )
]
FLOWS = (Flow("photo"), Flow("chain", 3, 0.2, 4096), Flow("fan_out", 3, 0.5))
SLACK = 0.02  # seconds by which two workloads with other random numbers may differ


def times(workload: Workload, seed: int = 1) -> dict[str, float]:
    """Return the figures at the book's values."""
    return figures(simulate(workload, load().values(), seed))


def typical(workload: Workload, figure: str = "sojourn_s.p50") -> float:
    """Return the mean of a figure over a few seeds."""
    return sum(times(workload, seed)[figure] for seed in range(1, 4)) / 3


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.kind)
@pytest.mark.parametrize(
    "platform", PLATFORMS, ids=lambda each: f"{each.name}-{each.plan}-{each.threads}-{each.cold}"
)
def test_every_combination_has_ordered_figures_and_ends(
    platform: Platform, flow: Flow, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "ENOUGH_JOBS", 20)
    given = Workload(Arrivals(count=5, bursts=2), Photos(), flow, platform, seed=3)
    made = predict(given, draws=2)
    said = document(made)
    assert said["jobs"] == 10
    assert said["failed"] == 0
    for name in TIMES:
        low, middle, high = (said[name][quantile]["value"] for quantile in ("p50", "p95", "p99"))
        assert 0 <= low <= middle <= high, name
    for name, figure in made.figures.items():
        assert figure.low <= figure.value <= figure.high, name
    assert times(given) == times(given)
    assert times(given)["sojourn_s.p99"] != times(given, seed=2)["sojourn_s.p99"]


@pytest.mark.parametrize("name", ["aws.standard", "azure.storage"])
@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("chain", ({"tasks": 2}, {"tasks": 5}, {"tasks": 12})),
        ("chain", ({"payload_bytes": 32}, {"payload_bytes": 8192}, {"payload_bytes": 200_000})),
        ("fan_out", ({"seconds": 0.5}, {"seconds": 2.0}, {"seconds": 6.0})),
        ("fan_out", ({"tasks": 2}, {"tasks": 6}, {"tasks": 20})),
    ],
    ids=["length", "payload", "seconds", "width"],
)
def test_more_work_is_never_faster(name: str, kind: str, changes: tuple[dict[str, float], ...]):
    plan = Platform(name, plan="consumption", memory_mb=1536 if "azure" in name else 256, threads=1)
    found = [
        typical(
            Workload(Arrivals(count=10), Photos(), replace(Flow(kind, seconds=0.1), **change), plan)  # type: ignore[arg-type]
        )
        for change in changes
    ]
    for less, more in pairwise(found):
        assert less <= more + SLACK


@pytest.mark.parametrize(
    "platform",
    [each for each in PLATFORMS if not each.cold],
    ids=lambda each: f"{each.name}-{each.plan}-{each.threads}",
)
def test_more_at_once_and_cold_starts_are_never_faster(platform: Platform):
    for flow in FLOWS:
        warm, many, cold = (
            typical(Workload(Arrivals(count=count), Photos(), flow, given), "sojourn_s.p95")
            for count, given in ((4, platform), (60, platform), (4, replace(platform, cold=True)))
        )
        assert warm <= many + 0.15 * warm + SLACK, flow.kind
        assert warm <= cold + SLACK, flow.kind


@pytest.mark.parametrize("name", NAMES)
def test_larger_photos_are_never_faster(name: str):
    platform = Platform(name, memory_mb=2048 if "azure" in name else 1024)
    found = [
        typical(Workload(Arrivals(count=5), Photos(size, size), Flow("photo"), platform))
        for size in (2, 12, 48)
    ]
    assert found == sorted(found)


@pytest.mark.parametrize("kind", ["chain", "fan_out"])
def test_refused_calls_wait_and_none_is_skipped(kind: str):
    platform = Platform("aws.standard", memory_mb=256, concurrency=40)
    flow = Flow(kind, tasks=4, seconds=1.0)  # type: ignore[arg-type]
    alone, many = (times(Workload(Arrivals(count=count), Photos(), flow, platform)) for count in (1, 100))
    assert (many["throttled"] > 0, many["failed"], many["billed.executions"]) == (
        True,
        0,
        100 * alone["billed.executions"],
    )
    assert many["end_to_end_s.p50"] > alone["end_to_end_s.p50"]
    # Forty at a time do so many seconds of work, and no more.
    assert many["all_done_s"] > 100 * 4 * 1.0 / 40
