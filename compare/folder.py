"""The run folder on disk: ``run.json``, ``jobs.jsonl``, ``uploads.jsonl``, ``previews/``, ``billed.json``."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from compare import format_1
from compare.collecting import billed
from compare.collecting.billed import Billed
from compare.run import FORMAT, JobRecord, PhotoFile, Run, RunError, SentUpload
from compare.soundness import head_flaw, jobs_flaw
from core.files import write_whole
from core.job import Artifact, Job
from core.mistakes import Mistakes
from core.workflow.document import from_document
from core.workflow.model import Workflow

HEAD = "run.json"
JOBS = "jobs.jsonl"
UPLOADS = "uploads.jsonl"  # what `bench` sent, written before anything is known about its jobs
PREVIEWS = "previews"
FORMATS = (format_1.FORMAT, FORMAT)
BEFORE = "before"  # the preview of the photo itself


class _Format(msgspec.Struct):
    """The part of ``run.json`` that is read before its format is known."""

    format: int
    granularity: str = ""


def write_head(folder: Path, run: Run) -> None:
    """Write ``run.json`` atomically, replacing an existing one."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / HEAD, msgspec.json.format(msgspec.json.encode(run)) + b"\n")


def append_jobs(folder: Path, records: Iterable[JobRecord]) -> None:
    """Append a line for each record, and sync the file to disk."""
    _append(folder / JOBS, records)


def append_sent(folder: Path, upload: SentUpload) -> None:
    """Append the line of an upload that was just sent."""
    _append(folder / UPLOADS, (upload,))


def _append(path: Path, records: Iterable[JobRecord | SentUpload]) -> None:
    lines = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
    with path.open("ab") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def mend(folder: Path) -> None:
    """Truncate incomplete last lines that an interrupted writer left."""
    for path in (folder / JOBS, folder / UPLOADS):
        if path.exists():
            whole = path.read_bytes().rpartition(b"\n")
            path.write_bytes(whole[0] + whole[1])


def read_head(folder: Path) -> Run:
    """Read ``run.json``.

    Raises:
        RunError: The file is missing, incomplete, invalid or of another format.
    """
    path = folder / HEAD
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        missing = "it is a file" if folder.exists() else "it does not exist"
        why = f"it has no {HEAD}" if folder.is_dir() else missing
        raise RunError(f"{folder} is not a run: {why}. `twinlens bench` creates runs.") from None
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        found = msgspec.json.decode(text, type=_Format)
        if found.format not in FORMATS:
            age = "a newer" if found.format > FORMAT else "an older"
            raise RunError(
                f"{path} has format {found.format}, from {age} Twinlens; this version reads the formats "
                f"{' and '.join(map(str, FORMATS))}. Repeat the run, or use the version that created it."
            )
        values = msgspec.json.decode(text)
        if found.format == format_1.FORMAT:
            values |= {"format": FORMAT, "workflow": format_1.workflow(found.granularity)}
        run = msgspec.convert(values, Run)
    except msgspec.MsgspecError as error:
        raise RunError(f"{path} is not a valid Twinlens run: {error}.") from None
    if flaw := head_flaw(run):
        raise RunError(f"{path} is not a run that Twinlens created: {flaw}.")
    return run


def read_jobs(folder: Path) -> Iterator[JobRecord]:
    """Yield the records of ``jobs.jsonl``, line by line.

    Raises:
        RunError: The file is missing, or a line is incomplete or invalid; the message names the line.
    """
    yield from _lines(folder / JOBS, JobRecord, "a job record")


def read_sent(folder: Path) -> Iterator[SentUpload]:
    """Yield the uploads in ``uploads.jsonl``; a run that ``bench`` did not create has none.

    Raises:
        RunError: A line is incomplete or invalid; the message names the line.
    """
    if (folder / UPLOADS).exists():
        yield from _lines(folder / UPLOADS, SentUpload, "a record of an upload")


def _lines[Kind](path: Path, kind: type[Kind], name: str) -> Iterator[Kind]:
    decoder = msgspec.json.Decoder(kind)
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    raise RunError(
                        f"{path} ends in the middle of line {number}: the run was interrupted while writing. "
                        "`twinlens bench --resume` repairs and finishes it."
                    )
                try:
                    yield decoder.decode(line)
                except msgspec.MsgspecError as error:
                    raise RunError(f"{path}, line {number}, is not {name}: {error}.") from None
    except FileNotFoundError:
        raise RunError(f"{path.parent} is not a complete run: it has no {path.name}.") from None
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}.") from None


def preview_path(folder: Path, photo: PhotoFile, name: str) -> Path:
    """Return the path of a photo's preview; ``name`` is :data:`BEFORE` or the name of a rendition.

    Photos and renditions may have any name, so the file is named by digests.
    """
    return folder / PREVIEWS / f"{photo.sha256[:16]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.jpg"


def first_artifacts(job: Job | None) -> dict[str, Artifact]:
    """Return the first artifact of each rendition, by the rendition's name: "display" for "display.jpg"."""
    found: dict[str, Artifact] = {}
    for artifact in job.artifacts if job else ():
        found.setdefault(artifact.name.rpartition(".")[0], artifact)
    return found


@dataclass(frozen=True)
class RunFolder:
    """A complete run, read and checked; ``billed`` is the collected usage that its platform reported."""

    path: Path
    run: Run
    jobs: tuple[JobRecord, ...]
    billed: Billed | None = None

    @cached_property
    def workflow(self) -> Workflow:
        """The workflow that the run ran."""
        return from_document(self.run.workflow)


def read(path: Path) -> RunFolder:
    """Read a run folder.

    Raises:
        RunError: A file is missing, incomplete, invalid or of another format; the message says where.
    """
    folder = RunFolder(path, read_head(path), tuple(read_jobs(path)), billed.read(path))
    if flaw := jobs_flaw(folder.run, folder.workflow, folder.jobs):
        raise RunError(
            f"{path / JOBS}, line {flaw[0]}, {flaw[1]}: this run was modified after Twinlens created it."
        )
    return folder


def read_all(paths: Iterable[Path]) -> list[RunFolder]:
    """Read run folders.

    Raises:
        RunError: As :func:`read`, with a line for every folder that can't be read.
    """
    mistakes, found = Mistakes(RunError), []
    for path in paths:
        with mistakes.noted():
            found.append(read(path))
    mistakes.report()
    return found
