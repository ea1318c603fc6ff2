"""Make runs: send uploads in bursts or at a fixed rate, and record their jobs as they end."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from rich.progress import Progress

from bench.records import head, keep_previews, record
from bench.sending import Submission, follow, send, send_together
from bench.stack import DeployedStack
from bench.through_api import ThroughApi, address
from compare.folder import append_jobs, append_sent, mend, read_head, read_jobs, read_sent, write_head
from compare.run import ApiCalls, Plan, Run, RunError, SentUpload
from core.ledger import LedgerRow

WARM_UP = 0  # the number of the burst that is excluded from all figures


@dataclass(frozen=True)
class Bench:
    """A run in progress; ``token`` is that of whoever signed in to the front door, if it asks for one."""

    deployment: DeployedStack
    files: Sequence[Path]
    folder: Path
    run: Run
    token: str = field(default="", repr=False)

    def parts(self) -> list[list[int]]:
        """Return the incomplete bursts, in groups that are sent without a pause.

        A burst begins when the previous one has ended. At a fixed rate only the warm-up is separate, and the
        bursts are sections of one stream.
        """
        kept = Counter(each.burst for each in read_jobs(self.folder))
        left = [burst for burst in range(self.run.plan.bursts + 1) if kept[burst] < self._size(burst)]
        if not self.run.plan.rate:
            return [[burst] for burst in left]
        warm_up, stream = [WARM_UP] if WARM_UP in left else [], [burst for burst in left if burst != WARM_UP]
        return [part for part in (warm_up, stream) if part]

    def send(self, part: Sequence[int], timeout: float, bar: Progress) -> None:
        """Send the missing uploads of the bursts, follow the jobs to their end and record them.

        When interrupted, it records the jobs that have ended; a resumed run finds the others in
        ``uploads.jsonl``.
        """
        waiting = self.under_way(part)
        missing = self._missing(part)
        bursts = {name: burst for burst, _, name in missing}
        door = ThroughApi(self.deployment, self.token, timeout) if self.run.via_api else None
        task = bar.add_task(self._title(part), total=len(waiting) + len(missing), note="")

        def note(upload: Submission) -> None:
            burst = waiting[upload] = bursts[upload.name]
            sent = SentUpload(upload.id, upload.photo.name, upload.key, upload.began, upload.sent, burst)
            append_sent(self.folder, sent)
            bar.update(task, note=f"{len(waiting):,} sent")

        try:
            photos = [(self.deployment, photo, name) for _, photo, name in missing]
            send_together(photos, self.run.plan.rate, note, door.send if door else send)
            rows = follow(list(waiting), timeout, lambda _: bar.advance(task))
            calls = door.calls() if door else {}
        except KeyboardInterrupt:
            rows = follow(list(waiting), 0, lambda _: None)
            self._keep({upload: burst for upload, burst in waiting.items() if upload in rows}, rows)
            raise
        finally:
            if door:
                door.close()
        self._keep(waiting, rows, calls)
        bar.remove_task(task)

    def under_way(self, part: Sequence[int]) -> dict[Submission, int]:
        """Return the uploads of the bursts that were sent and whose jobs are not recorded yet."""
        kept = {each.id for each in read_jobs(self.folder)}
        photos = {file.name: file for file in self.files}
        return {
            Submission(
                each.id, self.deployment, photos[each.photo], each.key, each.began, each.sent
            ): each.burst
            for each in read_sent(self.folder)
            if each.id not in kept and each.burst in part
        }

    def _missing(self, part: Sequence[int]) -> list[tuple[int, Path, str]]:
        """Return the burst, the photo and a new name for every upload that was not sent yet."""
        bursts = {each.id: each.burst for each in read_jobs(self.folder)}
        bursts |= {each.id: each.burst for each in read_sent(self.folder)}
        sent = Counter(bursts.values())
        # New names each time: a repeated upload would belong to the same job.
        prefix = f"bench/{self.run.name}/{secrets.token_hex(3)}"
        return [
            (burst, photo, f"{prefix}/{burst}-{at}-{photo.name}")
            for burst in part
            for at in range(sent[burst], self._size(burst))
            for photo in (self._photo(burst, at),)
        ]

    def _photo(self, burst: int, at: int) -> Path:
        """Return the photo of an upload: burst after burst goes on in the folder where the last one ended."""
        before = 0 if burst == WARM_UP else (burst - 1) * self.run.plan.burst_size
        return self.files[(before + at) % len(self.files)]

    def _keep(
        self,
        waiting: Mapping[Submission, int],
        rows: Mapping[Submission, LedgerRow],
        calls: Mapping[str, ApiCalls] = MappingProxyType({}),
    ) -> None:
        """Record the jobs in the order of their bursts, and previews of the first of each photo."""
        ordered = sorted(waiting.items(), key=lambda item: (item[1], item[0].began))
        firsts = {upload.photo: upload for upload, burst in reversed(ordered) if burst != WARM_UP}
        shown = {each.photo for each in read_jobs(self.folder) if not each.warm_up}
        for photo, upload in firsts.items():
            if photo.name not in shown:
                keep_previews(self.folder, self.run, upload, rows.get(upload))
        append_jobs(
            self.folder,
            [
                record(
                    upload,
                    rows.get(upload),
                    burst=burst,
                    warm_up=burst == WARM_UP,
                    api=calls.get(upload.id),
                )
                for upload, burst in ordered
            ],
        )

    def _size(self, burst: int) -> int:
        return self.run.plan.warm_up if burst == WARM_UP else self.run.plan.burst_size

    def _title(self, part: Sequence[int]) -> str:
        if part[0] == WARM_UP:
            return f"{self.run.stack} warm-up"
        bursts = f"burst {part[0]}" if len(part) == 1 else f"bursts {part[0]} to {part[-1]}"
        return f"{self.run.stack} {bursts}"


def begin(
    deployment: DeployedStack,
    files: Sequence[Path],
    plan: Plan,
    out: Path,
    *,
    via_api: bool = False,
    token: str = "",
) -> Bench:
    """Begin a new run of the plan, in its own folder below ``out``.

    Raises:
        SetupError: It is to go through a front door that the stack lacks.
    """
    if via_api:
        address(deployment)
    run = head(deployment, files, plan, via_api=via_api)
    folder = out / run.name
    write_head(folder, run)
    append_jobs(folder, [])
    return Bench(deployment, files, folder, run, token)


def resume(deployment: DeployedStack, files: Sequence[Path], out: Path, token: str = "") -> Bench:
    """Resume the newest unfinished run of the deployment.

    Raises:
        RunError: There is no such run, or the photos or the deployment have changed.
    """
    heads = {path.parent: read_head(path.parent) for path in out.glob("*/run.json")}
    mine = {
        folder: run for folder, run in heads.items() if run.stack == deployment.stack and run.ended is None
    }
    if not mine:
        raise RunError(f"{out} contains no unfinished run of {deployment.stack}: start one without --resume.")
    folder = max(mine, key=lambda each: mine[each].started)
    run = mine[folder]
    fresh = head(deployment, files, run.plan, via_api=run.via_api)
    same = replace(fresh, name=run.name, started=run.started, versions=run.versions, label=run.label)
    if same != run:
        changed = [name for name in vars(run) if getattr(run, name) != getattr(same, name)]
        raise RunError(f"{folder} cannot be resumed: {', '.join(changed)} changed since. Start a new run.")
    mend(folder)
    return Bench(deployment, files, folder, run, token)
