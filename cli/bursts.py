"""Runs in the making: bursts of uploads into one stack, kept in a run folder as soon as each has ended."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

from rich.progress import Progress

from cli.deployment import Deployment
from cli.records import head, keep_previews, record
from cli.uploads import follow, send_together
from compare.folder import append_jobs, mend, read, read_head, write_head
from compare.run import Plan, Run, RunError

WARM_UP = 0  # the number of the burst that counts in no figure


@dataclass(frozen=True)
class Bench:
    """A run being made."""

    deployment: Deployment
    files: Sequence[Path]
    folder: Path
    run: Run

    def open_bursts(self) -> list[int]:
        """Return the numbers of the bursts that are not in the run folder yet."""
        done = {record.burst for record in read(self.folder).jobs}
        first = WARM_UP if self.run.plan.warm_up else WARM_UP + 1
        return [burst for burst in range(first, self.run.plan.bursts + 1) if burst not in done]

    def burst(self, number: int, timeout: float, bar: Progress) -> None:
        """Send one burst, follow it to its end and add it to the run folder."""
        plan = self.run.plan
        size = plan.warm_up if number == WARM_UP else plan.burst_size
        task = bar.add_task(f"{self.run.stack} burst {number}", total=size, note="")
        # New keys each time: the same upload again would be the same job.
        prefix = f"bench/{self.run.name}/{number}-{secrets.token_hex(3)}"
        photos = islice(cycle(self.files), size)
        uploads = send_together(
            [(self.deployment, photo, f"{prefix}/{at}-{photo.name}") for at, photo in enumerate(photos)],
            plan.rate,
        )
        rows = follow(uploads, timeout, lambda _: bar.advance(task))
        warm_up = number == WARM_UP
        records = [record(each, rows.get(each), burst=number, warm_up=warm_up) for each in uploads]
        for upload in uploads[: len(self.files)] if number == 1 else ():
            keep_previews(self.folder, self.run, upload, rows.get(upload))
        append_jobs(self.folder, records)
        bar.remove_task(task)


def begin(deployment: Deployment, files: Sequence[Path], plan: Plan, out: Path) -> Bench:
    """Begin a new run of the plan, in a folder of its own below ``out``."""
    run = head(deployment, files, plan)
    folder = out / run.name
    write_head(folder, run)
    append_jobs(folder, [])
    return Bench(deployment, files, folder, run)


def resume(deployment: Deployment, files: Sequence[Path], out: Path) -> Bench:
    """Find the newest unfinished run of the deployment.

    Raises:
        RunError: There is none, or the photos or the deployment are not what they were.
    """
    heads = {path.parent: read_head(path.parent) for path in out.glob("*/run.json")}
    mine = {
        folder: run for folder, run in heads.items() if run.stack == deployment.stack and run.ended is None
    }
    if not mine:
        raise RunError(f"{out} holds no unfinished run of {deployment.stack}: begin one without --resume.")
    folder = max(mine, key=lambda each: mine[each].started)
    run, fresh = mine[folder], head(deployment, files, mine[folder].plan)
    same = replace(fresh, name=run.name, started=run.started, versions=run.versions)
    if same != run:
        changed = [name for name in vars(run) if getattr(run, name) != getattr(same, name)]
        raise RunError(f"{folder} cannot go on: {', '.join(changed)} changed since. Begin a new run.")
    mend(folder)
    return Bench(deployment, files, folder, run)
