import re

import pytest

from core import trace
from core.trace import Stopwatch


def test_now_is_utc_with_milliseconds() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", trace.now())


def test_compute_is_what_moving_bytes_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((10.0, 10.5))
    monkeypatch.setattr(trace.time, "perf_counter", lambda: next(times))
    watch = Stopwatch("resize", 2, download_ms=100, upload_ms=150, bytes_in=7, bytes_out=5, _began=10.0)
    next(times)
    entry = watch.stop()
    assert (entry.download_ms, entry.compute_ms, entry.upload_ms) == (100, 250, 150)
    assert (entry.step, entry.attempt, entry.bytes_in, entry.bytes_out) == ("resize", 2, 7, 5)
    assert entry.instance == trace.INSTANCE


def test_only_the_first_step_of_a_worker_is_cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "_steps_run", 0)
    assert [Stopwatch("validate", 1).stop().cold for _ in range(3)] == [True, False, False]


def test_memory_is_what_the_platform_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "TWINLENS_MEMORY_MB"):
        monkeypatch.delenv(name, raising=False)
    assert trace.memory_mb() == 0
    monkeypatch.setenv("TWINLENS_MEMORY_MB", "2048")
    assert trace.memory_mb() == 2048
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    assert trace.memory_mb() == 1024
