"""``twinlens submit``: upload photos to a stack and optionally wait for their jobs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.api import Api, Sent
from bench.photos import upload_names
from bench.sending import Submission, follow, send
from bench.stack import DeployedStack
from bench.through_api import SIGNED_IN
from cli.console import (
    STACK,
    Json,
    console,
    print_error,
    print_json,
    print_table,
    progress,
    shown,
    state_text,
)
from cli.jobs import summary
from core.ledger import LedgerRow

Photos = Annotated[
    list[Path], typer.Argument(exists=True, readable=True, help="Photo files, or folders of photo files.")
]

ViaApi = Annotated[
    str | None,
    typer.Option("--via-api", metavar="URL", help="Send through the front door at this address instead."),
]


def submit(
    photos: Photos,
    stack: Annotated[str | None, STACK] = None,
    via_api: ViaApi = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the jobs have ended.")] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Maximum seconds to wait.")] = 600,
    as_json: Json = False,
) -> None:
    """Upload photos to a stack; with --wait, exit with 1 unless every job succeeds."""
    if (stack is None) == (via_api is None):
        raise typer.BadParameter("Missing option '--stack' or '--via-api': give one of them.")
    names = upload_names(photos)
    if stack is None:
        _through(Api(str(via_api), os.environ.get(SIGNED_IN, "")), names, timeout if wait else 0, as_json)
        return
    deployment = DeployedStack.of(stack)
    uploads: list[Submission] = []
    try:
        with progress() as bar:
            task = bar.add_task("uploading", total=len(names), note="")
            for photo, name in names.items():
                bar.update(task, note=shown(name))
                uploads.append(send(deployment, photo, name))
                bar.advance(task)
        results = _follow(uploads, timeout) if wait else [_sent(upload) for upload in uploads]
    except KeyboardInterrupt:
        print_error(
            f"Interrupted. {len(uploads)} of {len(names)} photos were uploaded, and their jobs go on: "
            f"`twinlens jobs list -s {stack}` shows them."
        )
        raise typer.Exit(130) from None
    _tell(results, as_json)
    if not as_json and any(each["state"] == "succeeded" for each in results):
        console.print(f"`twinlens jobs get JOB -s {shown(stack)}` downloads the outputs of a job.")
    if wait and any(each["state"] != "succeeded" for each in results):
        raise typer.Exit(1)


def _through(api: Api, names: dict[Path, str], timeout: float, as_json: bool) -> None:
    """Send the photos through a front door, and follow their jobs for ``timeout`` seconds."""
    with progress() as bar:
        task = bar.add_task("uploading", total=len(names), note="")
        uploads: list[Sent] = []
        for photo, name in names.items():
            bar.update(task, note=shown(name))
            uploads.append(api.send(photo, name))
            bar.advance(task)
        task = bar.add_task("processing", total=len(uploads), note="")
        jobs = api.follow(uploads, timeout, lambda _: bar.advance(task)) if timeout else {}
    otherwise = {"state": "unfinished" if timeout else "submitted"}
    results: list[dict[str, Any]] = []
    for each in uploads:
        job = jobs.get(each, otherwise)
        reason = (job.get("problem") or {}).get("message")
        results.append({"id": each.id, "state": job["state"], "key": each.name, "reason": reason})
        if as_json:
            results[-1] |= {"handle": each.handle, "results": job.get("results", [])}
    _tell(results, as_json)
    if timeout and any(each["state"] != "succeeded" for each in results):
        raise typer.Exit(1)


def _tell(results: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(results)
        return
    rows = [
        [each["id"], shown(each["key"]), state_text(each["state"]), shown(each.get("reason") or "")]
        for each in results
    ]
    print_table(["job", "key", "state", "reason"], rows)


def _follow(uploads: list[Submission], timeout: float) -> list[dict[str, Any]]:
    with progress() as bar:
        task = bar.add_task("processing", total=len(uploads), note="")
        rows = follow(uploads, timeout, lambda _: bar.advance(task))
    return [
        _ended(upload, rows[upload]) if upload in rows else _sent(upload, "unfinished") for upload in uploads
    ]


def _ended(upload: Submission, row: LedgerRow) -> dict[str, Any]:
    """Return the job's summary, which says if the same bytes were processed before this upload."""
    found = summary(row)
    if row.updated_at < upload.began and not found["reason"]:
        found["reason"] = f"already processed at {row.updated_at}"
    return found


def _sent(upload: Submission, state: str = "submitted") -> dict[str, Any]:
    return {"id": upload.id, "state": state, "key": upload.key}
