from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import replace

import pytest

from core import chaos
from core.chaos import Profile, during, strike
from core.deployment.variables import CHAOS
from core.errors import SettingsError
from core.job import Job

PROFILE = "seed=7 throttle=0.1 error=0.1 lost=0.05"


def drawn(job: Job, step: str = "resize", attempt: int = 1, requests: int = 1000) -> list[str | None]:
    with during(step, job, attempt):
        return [strike() for _ in range(requests)]


def test_nothing_happens_unasked(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CHAOS, raising=False)
    assert set(drawn(job)) == {None}


def test_nothing_happens_outside_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHAOS, "error=1")
    assert strike() is None


def test_faults_are_as_frequent_as_asked(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHAOS, PROFILE)
    counted = Counter(drawn(job, requests=20_000))
    shares = {fault: counted[fault] / 20_000 for fault in chaos.FAULTS}
    assert shares == pytest.approx({"throttle": 0.1, "error": 0.1, "lost": 0.05}, abs=0.01)


def test_the_same_seed_strikes_alike_and_anything_else_differs(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CHAOS, PROFILE)
    first = drawn(job)
    assert drawn(job) == first
    assert drawn(replace(job, execution="another")) == first
    assert drawn(job, attempt=2) != first
    assert drawn(job, step="optimize") != first
    assert drawn(replace(job, source=replace(job.source, key="incoming/b.jpg"))) != first
    monkeypatch.setenv(CHAOS, PROFILE.replace("seed=7", "seed=8"))
    assert drawn(job) != first


def test_steps_that_are_not_named_are_spared(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHAOS, "error=1 steps=resize,optimize")
    assert set(drawn(job, "resize")) == {"error"}
    assert set(drawn(job, "validate")) == {None}


def test_a_slow_request_waits(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setenv(CHAOS, "latency=1 latency_ms=250")
    assert drawn(job, requests=2) == [None, None]
    assert waits == [0.25, 0.25]


def test_a_worker_dies_when_it_is_to(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(BaseException):
        pass

    def end(code: int) -> None:
        assert code == chaos.KILLED
        raise Dead

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setenv(CHAOS, "kill=1")
    with pytest.raises(Dead), during("resize", job, 1):
        pass


def test_a_profile_is_written_as_it_is_read() -> None:
    text = (
        "seed=7 throttle=0.1 error=0.2 lost=0.05 latency=0.5 latency_ms=300 kill=0.01 steps=optimize,resize"
    )
    assert Profile.parse(str(Profile.parse(text))) == Profile.parse(text)
    assert Profile.parse("") == Profile.parse("calm") == Profile()
    assert str(Profile()) == ""
    assert Profile.parse("dead latency_ms=50") == Profile(latency=1, latency_ms=50, error=1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("storm=1", "no 'storm'; it has seed, throttle"),
        ("tempest", "no chaos profile 'tempest'; there are calm, slow"),
        ("error=2", "'error=2' is out of range"),
        ("error=often", "'error=often' is out of range"),
        ("latency_ms=1e9", "out of range"),
        ("seed=x", "out of range"),
        ("throttle=0.5 error=0.4 lost=0.2", "add up to more than 1"),
    ],
)
def test_a_wrong_profile_is_refused(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Profile.parse(text)
