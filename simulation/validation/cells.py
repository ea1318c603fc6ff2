"""The published cells: the experiment, the figure, the published value, and how close a model has to come.

Sources: the SeBS-Flow artifact (spcl/sebs-flow-artifact, 2022 to 2024), computed from its raw measurements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

AWS = Platform("aws.standard", memory_mb=256)
AWS_COLD = Platform("aws.standard", memory_mb=256, cold=True)
AZURE = Platform("azure.storage", plan="consumption", memory_mb=1536, threads=1, concurrency=200)

P50, P95, SERIAL, MAKESPAN = 0.10, 0.30, 0.02, 0.03
LOADED_P50, LOADED_P95 = 0.30, 0.50

YEAR_2022 = "Step Functions was faster in 2022; the book's value is of 2024, its interval holds both."
TIGHTER = "The bursts of 2022 spread less than those of 2024, to which the stalls of an instance are fitted."
ANECDOTE = "One workflow of eight or fewer hops in the first iteration, which its authors call anecdotal."
DRIFT = "Batches of 30 differ by more than this between iterations; payloads below 45 KiB add little work."
LOSS = "One lost worker or none decides this quantile: its messages are hidden for five minutes."
ROUNDS = "More episodes waited behind tasks of ten seconds than the model lets wait."
TAIL = "The tail of one workflow alone holds the stalls that were fitted to 30 at once."


@dataclass(frozen=True)
class Cell:
    """One published figure; ``tolerance`` is relative. ``reason`` says why a model may miss it.

    It is a ``figure`` of a workload, or the seconds that a download of so many MiB takes.
    """

    group: str
    name: str
    experiment: Workload | float
    figure: str
    published: float
    tolerance: float
    reason: str = ""


def _chain(platform: Platform, count: int, payload: int = 32) -> Workload:
    flow = Flow("chain", tasks=10, payload_bytes=payload)
    return Workload(Arrivals(count=count), Photos(), flow, platform)


def _fan_out(platform: Platform, count: int, tasks: int, seconds: float) -> Workload:
    return Workload(Arrivals(count=count), Photos(), Flow("fan_out", tasks, seconds), platform)


CHAINS: tuple[tuple[str, Platform, int, int, tuple[float, float, float], str], ...] = (
    ("AWS 2022, one alone", AWS, 1, 32, (0.101, 0.146, 0.178), YEAR_2022),
    ("AWS 2022, 30 at once", AWS, 30, 32, (0.100, 0.122, 0.150), YEAR_2022),
    ("AWS 2024, 30 at once", AWS, 30, 32, (0.160, 0.248, 0.450), ""),
    ("AWS 2024, 1 KiB", AWS, 30, 1024, (0.162, 0.334, 0.500), ""),
    ("AWS 2024, 4 KiB", AWS, 30, 4096, (0.183, 0.306, 0.470), ""),
    ("AWS 2024, 64 KiB", AWS, 30, 65_536, (0.239, 0.331, 0.442), ""),
    ("Azure 2022, one alone", AZURE, 1, 32, (0.114, 0.172, 0.263), TAIL),
    ("Azure 2022, burst of 30", AZURE, 30, 32, (0.625, 1.03, 1.84), TIGHTER),
    ("Azure 2024, 30 at once", AZURE, 30, 32, (0.734, 1.730, 2.504), ""),
    ("Azure 2024, 256 bytes", AZURE, 30, 256, (0.760, 2.539, 3.106), DRIFT),
    ("Azure 2024, 1 KiB", AZURE, 30, 1024, (0.863, 1.839, 2.210), DRIFT),
    ("Azure 2024, 4 KiB", AZURE, 30, 4096, (0.842, 2.102, 2.534), DRIFT),
    ("Azure 2024, 64 KiB", AZURE, 30, 65_536, (2.668, 4.605, 4.956), ""),
)
# Hops of the six applications of SeBS-Flow in bursts of 30, and those of their calls with a cold start.
APPLICATION_HOPS = (
    ("warm", False, 4, (("p50", 0.170, P50), ("p95", 0.283, P95), ("p99", 0.417, 1.0))),
    ("cold", True, 2, (("p50", 0.523, P50),)),
)
# A warm download in a function (631.parallel-download), in MiB and seconds.
DOWNLOADS = ((1 / 1024, "1 KiB", 0.037), (1, "1 MiB", 0.062), (32, "32 MiB", 0.73), (64, "64 MiB", 1.68),
             (128, "128 MiB", 3.89))  # fmt: skip
AWS_FAN_OUTS = ((2, False, 0.185), (2, True, 0.545), (8, False, 0.200), (8, True, 0.580))
SERIAL_FAN_OUTS = ((2, 10, 20.25), (4, 10, 40.16), (4, 20, 80.26))
BURSTS = (
    (2, 1, 8.4, 17.0, ""),
    (4, 1, 14.1, 23.4, ""),
    (8, 1, 18.1, 26.8, ""),
    (2, 5, 41.0, 112.0, ""),
    (4, 5, 64.0, 96.0, ""),
    (8, 5, 124.0, 377.0, LOSS),
    (16, 5, 118.0, 448.0, LOSS),
    (2, 10, 91.0, 324.0, LOSS),
    (4, 10, 211.0, 409.0, ROUNDS),
    (8, 10, 230.0, 500.0, LOSS),
    (16, 10, 223.0, 487.0, LOSS),
    (2, 20, 161.0, 281.0, LOSS),
    (4, 20, 321.0, 625.0, LOSS),
    (8, 20, 521.0, 608.0, LOSS),
)
LONE_PAYLOADS = ((1024, 0.136), (4096, 0.147), (65_536, 0.288))


def cells() -> Iterator[Cell]:
    """Yield every cell."""
    for name, platform, count, payload, hops, reason in CHAINS:
        close = platform.cloud == "aws"
        mid, far = (P50, P95) if close or count == 1 else (LOADED_P50, LOADED_P95)
        chain = _chain(platform, count, payload)
        for quantile, value, tolerance in zip(("p50", "p95", "p99"), hops, (mid, far, 1.0), strict=True):
            yield Cell(
                "chain hop", f"{name}, {quantile}", chain, f"hop_s.{quantile}", value, tolerance, reason
            )
    for payload, value in LONE_PAYLOADS:
        name = f"Azure 2024, one alone, {payload // 1024} KiB, p50"
        yield Cell("chain hop", name, _chain(AZURE, 1, payload), "hop_s.p50", value, LOADED_P50, ANECDOTE)
    for state, cold, tasks, values in APPLICATION_HOPS:
        workload = Workload(Arrivals(count=30), Photos(), Flow("chain", tasks), AWS_COLD if cold else AWS)
        for quantile, value, tolerance in values:
            name = f"AWS 2024, applications, {state}, {quantile}"
            yield Cell("application hop", name, workload, f"hop_s.{quantile}", value, tolerance)
    for tasks, cold, overhead in AWS_FAN_OUTS:
        platform = AWS_COLD if cold else AWS
        name = f"AWS 2023, {tasks} branches, {'cold' if cold else 'warm'}, mean"
        for seconds in (1.0, 10.0):
            workload = _fan_out(platform, 30, tasks, seconds)
            full = f"{name}, {seconds:g} s"
            yield Cell("fan-out makespan", full, workload, "makespan_s", seconds + overhead, MAKESPAN)
    for tasks, seconds, value in SERIAL_FAN_OUTS:
        name = f"Azure 2024, one of {tasks} branches, {seconds} s"
        workload = _fan_out(AZURE, 1, tasks, seconds)
        yield Cell("serial makespan", name, workload, "makespan_s", value, SERIAL)
    for tasks, seconds, mid, far, reason in BURSTS:
        workload = _fan_out(AZURE, 30, tasks, seconds)
        name = f"Azure 2024, 30 of {tasks} branches, {seconds} s"
        for quantile, value, tolerance in (("p50", mid, LOADED_P50), ("p95", far, LOADED_P95)):
            yield Cell(
                "fan-out makespan", f"{name}, {quantile}", workload, f"end_to_end_s.{quantile}", value,
                tolerance, reason,
            )  # fmt: skip
    for mib, size, value in DOWNLOADS:
        yield Cell("download", f"Azure 2024, {size}, warm", mib, "seconds", value, LOADED_P50)
    yield Cell("cold share", "AWS 2024, 30 at once, warm", _chain(AWS, 30), "cold_share", 0.016, 0.5)
