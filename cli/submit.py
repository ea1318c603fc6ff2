"""``twinlens submit``: upload photos to a stack and optionally wait for their jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bench.sending import Submission, follow, send
from bench.stack import DeployedStack
from cli.console import Json, StackName, print_json, print_table, progress, shown, state_text
from cli.jobs import summary

Photos = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="Photo files.")
]


def submit(
    photos: Photos,
    stack: StackName,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the jobs have ended.")] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Maximum seconds to wait.")] = 600,
    as_json: Json = False,
) -> None:
    """Upload photos to a stack; with --wait, exit with 1 unless every job succeeds."""
    deployment = DeployedStack.of(stack)
    with progress() as bar:
        task = bar.add_task("uploading", total=len(photos), note="")
        uploads = []
        for photo in photos:
            bar.update(task, note=shown(photo.name))
            uploads.append(send(deployment, photo, photo.name))
            bar.advance(task)
    results = _follow(uploads, timeout) if wait else [_sent(upload) for upload in uploads]
    if as_json:
        print_json(results)
    else:
        rows = [
            [each["id"], shown(each["key"]), state_text(each["state"]), shown(each.get("reason") or "")]
            for each in results
        ]
        print_table(["job", "key", "state", "reason"], rows)
    if wait and any(each["state"] != "succeeded" for each in results):
        raise typer.Exit(1)


def _follow(uploads: list[Submission], timeout: float) -> list[dict[str, Any]]:
    with progress() as bar:
        task = bar.add_task("processing", total=len(uploads), note="")
        rows = follow(uploads, timeout, lambda _: bar.advance(task))
    return [summary(rows[upload]) if upload in rows else _sent(upload, "unfinished") for upload in uploads]


def _sent(upload: Submission, state: str = "submitted") -> dict[str, Any]:
    return {"id": upload.id, "state": state, "key": upload.key}
