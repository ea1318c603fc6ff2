"""The bill worked out by hand in docs/prices.md: its arithmetic, and the estimates and reports around it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from compare import format_1
from compare.cost.bills import Bills, month_bills
from compare.folder import read
from compare.metering import JobLoad, Stack
from compare.metering.month import Month
from compare.metering.planned import Photos
from compare.prices.reading import load
from compare.report.costs import priced
from compare.report.measured import measure
from compare.run import JobRecord
from core.job import Artifact, Job, Photo, Rendition, Source
from core.recipes import load as load_recipe
from core.trace import TraceEntry
from core.workflow.document import from_document

RECORDED = Path(__file__).parent / "recorded"
PAGE = (Path(__file__).parents[4] / "docs/prices.md").read_text()
VOLUMES = (0, 1_000, 100_000, 10_000_000)
STACKS = {
    "aws": Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1"),
    "azure": Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2"),
}
CENT = Decimal("0.01")
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


def table(title: str) -> list[list[str]]:
    """Return the cells of a table below the heading of the worked bill, the head first."""
    section = PAGE.partition("## A bill worked out by hand")[2].partition("\n## ")[0]
    lines = section.partition(f"| {title} |")
    rows = (lines[1] + lines[2]).split("\n\n")[0].splitlines()
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for row in rows if not row.startswith("|---")
    ]


def number(cell: str) -> Decimal:
    return Decimal(re.sub(r"[$,]", "", cell) or 0)


def configured(name: str) -> Stack:
    cloud, orchestrator, granularity = name.split()
    return replace(STACKS[cloud], orchestrator=orchestrator, granularity=granularity)


def by_hand() -> dict[str, dict[int, Decimal]]:
    """Multiply and add up what the tables of quantities say."""
    amounts: dict[str, dict[int, Decimal]] = {}
    for cloud in STACKS:
        head, *rows = table(cloud)
        for at, name in enumerate(head[3:], 3):
            stack = f"{cloud} {name}"
            amounts[stack] = dict.fromkeys(VOLUMES, Decimal(0))
            for images in VOLUMES:
                for row in rows:
                    used = number(row[at]) * (1 if row[0].endswith("a month") else images)
                    amounts[stack][images] += max(Decimal(0), used - number(row[2])) * number(row[1])
    return amounts


STATED = {row[0]: dict(zip(VOLUMES, map(number, row[1:]), strict=True)) for row in table("stack")[1:]}
CASES = pytest.mark.parametrize("name", STATED)


@CASES
def test_the_amounts_follow_from_the_quantities(name: str):
    for images, amount in STATED[name].items():
        assert amount == pytest.approx(by_hand()[name][images], abs=CENT / 2)


def test_every_orchestrator_and_granularity_is_worked_out():
    assert len(STATED) == 8
    assert by_hand().keys() == STATED.keys()


def holds(bills: Bills, amount: Decimal) -> bool:
    return bills.low - CENT <= amount <= bills.high + CENT


@CASES
@pytest.mark.parametrize("images", VOLUMES)
def test_an_estimate_s_range_holds_the_bill(name: str, images: int):
    stack = configured(name)
    workflow = from_document(format_1.workflow(stack.granularity))
    month = Month.planned(stack, workflow, load_recipe("gallery"), Photos())
    assert holds(month_bills(month, images, load(), [stack.region]), STATED[name][images])


@CASES
@pytest.mark.parametrize("images", VOLUMES)
def test_a_report_s_range_holds_the_bill(name: str, images: int):
    stack = configured(name)
    workflow = from_document(format_1.workflow(stack.granularity))
    ran = JobLoad.of(record(stack), workflow)
    assert ran
    month = Month.measured(stack, workflow, [ran])
    assert holds(month_bills(month, images, load(), [stack.region]), STATED[name][images])


@pytest.mark.parametrize("folder", sorted(RECORDED.glob("*/")), ids=lambda each: each.name)
def test_the_report_of_a_demo_holds_the_bill_once_it_is_repriced(folder: Path):
    """The emulators' runs, at the size and on the processor of the worked bill, as the page reprices them."""
    run = priced(measure(read(folder), folder.name), load())
    assert run
    stack = run.month.stack
    name = f"{stack.cloud} {stack.orchestrator} {stack.granularity}"
    stack = replace(stack, architecture=STACKS[stack.cloud].architecture)
    month = Month.planned(stack, run.month.workflow, load_recipe(run.recipe), Photos())
    for images in VOLUMES:
        assert holds(month_bills(month, images, load(), [stack.region]), STATED[name][images]), images
        as_sent = month_bills(run.month, images, load(), [stack.region])
        assert as_sent.low <= as_sent.expected <= as_sent.high


def record(stack: Stack) -> JobRecord:
    """A photo as the worked bill has it: of its size, at its pace, a tenth of a second between two steps."""
    fused = stack.granularity == "fused"
    names = ("process",) if fused else ("validate", "resize", "apply_filters", "optimize")
    lasts, cpu = (704, 494) if fused else (321, 118)
    written = (360_000,) if fused else (0, 900_000, 450_000, 360_000)
    trace = tuple(
        TraceEntry(
            name,
            1,
            at(200 + (lasts + 100) * number),
            at(200 + (lasts + 100) * number + lasts),
            False,
            "one",
            stack.memory_mb,
            0,
            cpu,
            lasts - cpu,
            1,
            written[number],
        )
        for number, name in enumerate(names)
    )
    job = Job(
        id="0" * 32,
        recipe="gallery",
        source=Source("in", "incoming/a.jpg", "e", 4_800_000),
        execution="x" * 1_700,  # as long a document as real ones are
        uploaded_at=at(0),
        accepted_at=at(100),
        state="succeeded",
        photo=Photo("jpeg", 4240, 2832, 1),
        renditions=() if fused else tuple(Rendition(name, name, 1, 1) for name in "abc"),
        artifacts=tuple(Artifact(name, name, "image/jpeg", 1, 1, 60_000) for name in "abcdef"),
        trace=trace,
    )
    ended = at(300 + (lasts + 100) * len(names))
    return JobRecord(job.id, "a.jpg", at(0), at(50), "succeeded", ended, job)


def at(ms: int) -> str:
    return (BEGAN + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")
