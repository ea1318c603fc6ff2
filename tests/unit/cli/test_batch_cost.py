"""What a batch costs: `estimate` says before what the report of the batch says after."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from bench.batch_runs import keep
from bench.stack import DeployedStack
from cli.main import app
from compare.folder import read
from compare.metering import Stack, planned
from compare.metering.assumptions import DOCUMENT_BYTES, PHOTO_BYTES
from compare.metering.batch import of_items
from compare.metering.load import JobLoad
from compare.metering.planned import Photos
from compare.report.build import build
from core.batch.items import AT_ONCE, Item
from core.batch.summary import Outcome
from core.job import Artifact, Batch, Job, Problem, Rendition, Source
from core.ledger import LedgerRow
from core.ports import Upload
from core.recipes import load as load_recipe
from core.trace import TraceEntry
from core.workflow.granularity import pipeline_in

ITEMS, MEGAPIXELS = 7, Decimal(12)
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


def at(ms: int) -> str:
    return (BEGAN + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")


def estimated(cloud: str, *changes: str, items: int = ITEMS) -> tuple[dict[str, Any], str]:
    """What is estimated if no photo meets a cold start, as JSON values and as people read it."""
    arguments = [
        "estimate",
        "-s",
        cloud,
        "--batch",
        str(items),
        "--images-per-month",
        "0",
        "--cold-share",
        "0",
    ]
    arguments += [part for change in changes for part in ("--set", change)]
    said = CliRunner().invoke(app, arguments)
    document = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    return document["stacks"][0], " ".join(said.stdout.split())


def row_of(stack: Stack, item: Item, load: JobLoad) -> LedgerRow:
    """The row of an item with the durations and sizes of the load."""
    made = tuple(
        Artifact(str(n), str(n), "image/jpeg", 1, 1, load.output_bytes // load.outputs)
        for n in range(load.outputs)
    )
    written = [load.output_bytes + load.work_bytes, *[0] * (len(load.steps) - 1)]
    job = replace(
        item.job(),
        accepted_at=at(load.began_ms),
        state="succeeded",
        renditions=tuple(Rendition(str(n), str(n), 1, 1) for n in range(load.work_puts)),
        artifacts=made,
        trace=tuple(
            TraceEntry(
                each.name, 1, at(each.span.began_ms), at(each.span.ended_ms), each.cold, each.span.instance,
                stack.memory_mb, 0.0, float(each.cpu_ms), 0.0, 1, size,
            )
            for each, size in zip(load.steps, written, strict=True)
        ),
    )  # fmt: skip
    job = replace(job, execution="x" * (DOCUMENT_BYTES.value - len(msgspec.json.encode(job))))
    return LedgerRow(job.id, "succeeded", at(0), at(load.ended_ms), job.to_document())


def batch(settings: dict[str, Any]) -> tuple[DeployedStack, LedgerRow, list[Outcome]]:
    """A batch on a stack with these settings, whose items took as long as is estimated."""
    stack = of_items(Stack(**settings | {"step_memory_mb": ()}))
    workflow = pipeline_in(stack.granularity)
    photos = Photos(MEGAPIXELS, Decimal(0), at_once=AT_ONCE)
    [load] = planned.loads(stack, workflow, load_recipe("gallery"), photos, "expected")
    outputs = {
        "cloud": stack.cloud,
        "orchestrator": settings["orchestrator"],
        "granularity": stack.granularity,
        "architecture": stack.architecture,
        "memoryMb": stack.memory_mb,
        "region": stack.region,
        "recipe": "gallery",
        "logLevel": stack.log_level,
    }
    size = int(MEGAPIXELS * PHOTO_BYTES.value)
    items = [
        Item(Upload(Source("photos", f"archive/{n}.jpg", "e", size), at(0)), "gallery") for n in range(ITEMS)
    ]
    found = [Outcome(each, "succeeded", "", row_of(stack, each, load)) for each in items]
    job = Job("b" * 32, "gallery", Source("out", "list", "e", 1), "", at(0), at(0), "succeeded")
    job = replace(job, batch=Batch(ITEMS, AT_ONCE, 5))
    return (
        DeployedStack(stack.cloud, outputs, None, "cloud"),  # type: ignore[arg-type]
        LedgerRow(job.id, "succeeded", at(0), at(60_000), job.to_document()),
        found,
    )


@pytest.mark.parametrize("granularity", ["stepwise", "fused"])
@pytest.mark.parametrize(
    ("cloud", "orchestrator"),
    [
        ("aws", "standard"),
        ("aws", "express"),
        ("aws", "durable"),
        ("azure", "storage"),
        ("azure", "scheduler"),
    ],
)
def test_the_report_of_a_batch_says_what_was_estimated(cloud, orchestrator, granularity, tmp_path):
    before, said = estimated(cloud, f"orchestrator={orchestrator}", f"granularity={granularity}")

    report = build([read(keep(*batch(before["settings"]), tmp_path))])

    [cost] = report.costs
    assert cost.batch.photos == ITEMS
    assert f"{cost.batch.expected:f}" == before["batch"]["expected"]
    # What is not known about durations before is known after.
    assert Decimal(before["batch"]["low"]) <= cost.batch.low <= cost.batch.expected
    assert cost.batch.expected <= cost.batch.high <= Decimal(before["batch"]["high"])
    told = report.summary[1].partition("It cost ")[2]
    total, each = told.partition(", between ")[0], told.partition(", or ")[2].removesuffix(".")
    assert f"{ITEMS} photos as batches on {cloud}" in said
    assert f"cost {total}, between " in said
    assert f", or {each}." in said


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_what_was_rejected_or_skipped_cost_something_but_no_photo(cloud, tmp_path):
    before, _ = estimated(cloud)
    deployment, row, found = batch(before["settings"])
    [_, second, third, *others] = found
    rejected = replace(
        second.row.job(), state="rejected", error=Problem("NotAPhoto", ""), renditions=(), artifacts=()
    )
    rejected = replace(rejected, trace=rejected.trace[:1])
    second = replace(second, end="rejected", row=replace(second.row, document=rejected.to_document()))
    less = [second, replace(third, end="skipped"), *others]

    def cost(items, name):
        return build([read(keep(deployment, row, items, tmp_path / name))]).costs[0].batch

    whole, mixed, good = (
        cost(found, "whole"),
        cost([found[0], *less], "mixed"),
        cost([found[0], *others], "good"),
    )
    assert mixed.photos == ITEMS - 1
    assert good.expected < mixed.expected < whole.expected


def test_no_batch_is_no_sentence():
    before, said = estimated("aws", items=0)
    assert before["batch"] is None
    assert "as batches" not in said
