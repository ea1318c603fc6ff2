"""Fault injection: the faults of an unreliable cloud, drawn from a seed.

A deployment under test has a profile in a variable, such as
``seed=7 throttle=0.1 error=0.1 lost=0.05 latency=0.2 latency_ms=300 kill=0.01 steps=resize,optimize``.
The faults of a request depend only on the seed, the upload's key, the step, the attempt and the number of the
request within the attempt (for a write: on the output, and the number of the request for it). The clouds'
clients call :func:`strike` before each request they send, so that the SDK's retries and the adapters'
translation of errors are tested too.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, fields
from typing import Literal

from core.deployment.variables import CHAOS
from core.errors import SettingsError
from core.job import Job

KILLED = 137  # the exit code of a worker that the kernel ended

Fault = Literal["throttle", "error", "lost"]
FAULTS: tuple[Fault, ...] = ("throttle", "error", "lost")

# Named profiles, with the latency of a slow store, and the time that clients wait for a dead one.
NAMED = {
    "calm": "",
    "slow": "latency=0.5 latency_ms=400",
    "throttled": "throttle=0.4",
    "storm": "throttle=0.1 error=0.1 lost=0.05 kill=0.01",
    "dead": "latency=1 latency_ms=10000 error=1",
}


@dataclass(frozen=True)
class Profile:
    """The probabilities of faults.

    For a request: ``throttle`` (the store says it is busy), ``error`` (the connection breaks first), ``lost``
    (it is served and its answer lost) and ``latency`` (it is delayed by ``latency_ms``). For an attempt of a
    step: ``kill`` (the worker dies at its start). ``steps`` names the affected steps, all if it is empty.
    """

    seed: int = 0
    throttle: float = 0
    error: float = 0
    lost: float = 0
    latency: float = 0
    latency_ms: float = 100
    kill: float = 0
    steps: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Profile:
        """Parse a profile from its text, in which a name of :data:`NAMED` stands for its definition.

        Raises:
            SettingsError: The text is invalid; the message names the invalid part.
        """
        values: dict[str, float | frozenset[str]] = {}
        for part in " ".join(NAMED.get(word, word) for word in text.split()).split():
            name, equals, value = part.partition("=")
            if not equals:
                raise SettingsError(f"There is no chaos profile {part!r}; there are {', '.join(NAMED)}.")
            if name not in (each.name for each in fields(cls)):
                raise SettingsError(f"A chaos profile has no {name!r}; it has {_names(cls)}.")
            try:
                values[name] = frozenset(value.split(",")) if name == "steps" else _number(name, value)
            except ValueError:
                raise SettingsError(f"The chaos profile's {part!r} is out of range.") from None
        profile = cls(**values)  # type: ignore[arg-type]  # the names were checked above
        if profile.throttle + profile.error + profile.lost > 1:
            raise SettingsError("The chaos profile's throttle, error and lost add up to more than 1.")
        return profile

    def __str__(self) -> str:
        unlike = {each.name: getattr(self, each.name) for each in fields(self)}
        unlike = {name: value for name, value in unlike.items() if value != getattr(Profile, name)}
        if self.steps:
            unlike["steps"] = ",".join(sorted(self.steps))
        return " ".join(f"{name}={value}" for name, value in unlike.items())


@dataclass
class _Storm:
    profile: Profile
    dice: random.Random


_storm: ContextVar[_Storm | None] = ContextVar("storm", default=None)


@contextmanager
def during(step: str, job: Job, attempt: int) -> Iterator[None]:
    """Inject faults into the requests of the block by this deployment's profile, if it has one.

    May end this process.
    """
    text = os.environ.get(CHAOS)
    profile = Profile.parse(text) if text else None
    if profile is None or (profile.steps and step not in profile.steps):
        yield
        return
    # Reproducible by design; not used for anything secret.
    dice = random.Random(f"{profile.seed} {job.source.key} {step} {attempt}")  # noqa: S311
    if dice.random() < profile.kill:
        os._exit(KILLED)
    token = _storm.set(_Storm(profile, dice))
    try:
        yield
    finally:
        _storm.reset(token)


def apart() -> Context:
    """Return a copy of this context for a call in another thread, with its own random sequence.

    The order of the threads then has no effect.
    """
    context, storm = copy_context(), _storm.get()
    if storm:
        context.run(_storm.set, _Storm(storm.profile, random.Random(storm.dice.random())))  # noqa: S311
    return context


def strike() -> Fault | None:
    """Return the fault for the request that is about to be sent, after the delay for latency."""
    storm = _storm.get()
    if storm is None:
        return None
    if storm.dice.random() < storm.profile.latency:
        time.sleep(storm.profile.latency_ms / 1000)
    drawn = storm.dice.random()
    for fault in FAULTS:
        drawn -= getattr(storm.profile, fault)
        if drawn < 0:
            return fault
    return None


def _number(name: str, value: str) -> float:
    if name == "seed":
        return int(value)
    number = float(value)
    if not 0 <= number <= (60_000 if name == "latency_ms" else 1):
        raise ValueError(value)
    return number


def _names(profile: type[Profile]) -> str:
    return ", ".join(each.name for each in fields(profile))
