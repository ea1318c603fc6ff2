"""Measure stacks side by side: begin or resume a run of each, and send their bursts in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.progress import Progress

from bench.bursts import Bench, begin
from bench.bursts import resume as resume_newest
from bench.faults import injected
from bench.photos import photos_in
from bench.stack import DeployedStack
from compare.folder import read, write_head
from compare.run import OUTCOMES, Plan, RunError
from core.chaos import Profile
from core.deployment.limits import SUFFIXES
from core.trace import now


@dataclass(frozen=True)
class Measurement:
    """The parameters of a measurement.

    Attributes:
        stacks: The stacks' names.
        photos: A folder of photos, sent in turn.
        plan: The number of uploads and their distribution over time.
        out: The parent of the run folders.
        resume: Whether to finish the newest unfinished run of each stack instead of starting a new one.
        faults: Faults to inject during the measurement.
        via_api: Whether photos are sent through the stacks' front doors.
        token: That of whoever signed in there.
    """

    stacks: Sequence[str]
    photos: Path
    plan: Plan
    out: Path
    resume: bool = False
    faults: Profile | None = None
    via_api: bool = False
    token: str = field(default="", repr=False)

    @contextmanager
    def prepared(self, warn: Callable[[str], object]) -> Iterator[list[Bench]]:
        """Begin or resume a run of each stack; faults stay deployed until the block ends.

        Calls ``warn`` with a sentence about each stack that may still have faults afterwards.

        Raises:
            RunError: There are no photos, stacks on emulators and on clouds are mixed, or there is no run to
                resume.
            SetupError: A stack cannot be reached.
            SettingsError: A stack does not allow faults.
        """
        files = photos_in(self.photos)
        if not files:
            raise RunError(f"{self.photos} contains no photos; supported are {', '.join(SUFFIXES)}.")
        names = tuple(dict.fromkeys(self.stacks))
        deployments = [DeployedStack.of(name) for name in names]
        if len({each.where for each in deployments}) > 1:
            raise RunError(
                "Stacks on emulators and on clouds cannot be measured together: measure them separately."
            )
        with injected(self.faults, names, warn) if self.faults else nullcontext():
            if self.faults:  # the stacks' outputs contain them now
                deployments = [DeployedStack.of(name) for name in names]
            yield [
                resume_newest(each, files, self.out, self.token)
                if self.resume
                else begin(each, files, self.plan, self.out, via_api=self.via_api, token=self.token)
                for each in deployments
            ]


@dataclass(frozen=True)
class Tally:
    """The number of uploads of a run by state; those under way were sent before an interruption."""

    stack: str
    run: str
    uploads: int
    succeeded: int
    rejected: int
    refused: int
    expired: int
    failed: int
    lost: int
    under_way: int

    @classmethod
    def of(cls, bench: Bench) -> Tally:
        """Count the uploads of a run."""
        states = [record.state for record in read(bench.folder).jobs]
        under_way = len(bench.under_way(range(bench.run.plan.bursts + 1)))
        return cls(
            bench.run.stack,
            str(bench.folder),
            len(states) + under_way,
            **{each: states.count(each) for each in OUTCOMES},
            under_way=under_way,
        )


def measure(benches: Sequence[Bench], timeout: float, bar: Progress) -> None:
    """Send the bursts to the stacks in turn, so that a change of conditions affects all of them.

    ``timeout`` is in seconds from a burst's last upload; jobs that end later are recorded as lost.
    """
    todo = sorted((part, at) for at, each in enumerate(benches) for part in each.parts())
    task = bar.add_task("all", total=len(todo), note="")
    for part, at in todo:
        benches[at].send(part, timeout, bar)
        bar.advance(task)
    for each in benches:
        write_head(each.folder, replace(each.run, ended=now()))
