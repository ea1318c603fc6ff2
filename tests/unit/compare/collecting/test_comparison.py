"""The rules beside the platform, by itself and in all three forms of the report."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import jsonschema
import pytest

from compare.collecting.billed import Billed, Figure, FunctionFigures, Gap, write
from compare.collecting.comparison import compare
from compare.folder import read
from compare.metering import JobLoad, Stack, meter
from compare.report import build, html, markdown, schema, to_json
from compare.report.billed import function_rows, meter_rows, quantity, sentences
from compare.run import RunBatch


@pytest.fixture
def billed():
    return Billed(
        collected_at="2026-01-05T13:00:00.000Z",
        began="2026-01-05T12:00:00Z",
        ended="2026-01-05T12:02:00Z",
        figures=(
            Figure("aws.lambda.requests", Decimal(10), "REPORT lines", "jobs"),
            Figure("aws.lambda.gb_seconds.arm64", Decimal("3.5"), "REPORT lines", "jobs", "8 of 10 told"),
            Figure("aws.dynamodb.read_units", Decimal(7), "CloudWatch", "window"),
        ),
        gaps=(
            Gap(("aws.s3.put_requests", "aws.xray.traces"), "S3", "It does not say."),
            Gap(("aws.cloudwatch.log_gb",), "CloudWatch", "No data yet.", again=True),
        ),
        functions=(
            FunctionFigures("validate", 3, Decimal("190.4"), 1192, 1024, 93, 2, Decimal(1000)),
            FunctionFigures("notify", 2, Decimal(20)),
        ),
    )


@pytest.fixture
def run(make_run, make_record, billed):
    warm_up = replace(make_record("a.jpg", at=9000, cold=True), warm_up=True)
    folder = make_run("aws", [make_record("a.jpg"), warm_up, make_record("b.jpg", state="lost")])
    write(folder, billed)
    return read(folder)


@pytest.fixture
def compared(run):
    return compare("aws", run, run.billed)


def test_every_job_that_ended_is_compared(compared):
    requests, time, reads = compared.meters
    assert (compared.jobs, compared.untraced) == (2, 1)
    assert (requests.estimated, requests.billed, requests.ratio) == (8, 10, Decimal("1.250"))
    assert time.estimated == Decimal("2.26") + 4 * Decimal("0.5")  # two jobs of 1.13 s, four cold starts
    assert time.ratio == Decimal("0.822")
    assert (reads.estimated, reads.ratio) == (None, None)


def test_what_a_batch_adds_is_part_of_the_estimate_and_an_upload_is_not(run, billed):
    batch = replace(run, run=replace(run.run, batch=RunBatch("b", 3, 20, {"succeeded": 2, "unfinished": 1})))
    compared = compare("aws", batch, billed)
    assert compared.meters[2].estimated == 2  # a row for each, which the summary reads
    assert compared.unknown[0].estimated[0] == 2 * 1 + 4  # an output each and four files of the batch


def test_a_meter_that_is_counted_in_parts_is_compared_as_a_whole(run, billed):
    told = replace(billed, figures=(Figure("aws.cloudwatch.log_gb", Decimal(1), "CloudWatch", "window"),))
    express = replace(run, run=replace(run.run, orchestrator="express"))
    (logs,) = compare("aws", express, told).meters
    loads = [load for load in (JobLoad.of(each, run.workflow) for each in run.jobs) if load]
    parts = [each.quantity for each in meter(Stack.of(express.run), loads) if each.meter == logs.meter]
    assert len(parts) == 2
    assert logs.estimated == pytest.approx(sum(parts))


def test_what_is_not_known_is_never_zero(compared):
    assert [each.estimated for each in compared.unknown] == [(4, 2), (compared.unknown[1].estimated[0],)]
    assert not {each.meter for each in compared.meters} & {
        name for each in compared.unknown for name in each.meters
    }
    told = sentences(compared)
    assert "Not reported: aws.s3.put_requests (estimated 4), aws.xray.traces (estimated 2). S3:" in told[3]
    assert told[4].endswith("No data yet. Collect again later.")


def test_functions_stand_beside_their_traces(compared):
    validate, notify = compared.functions
    assert (validate.traced, validate.traced_ms, validate.traced_cold) == (2, 120, 1)
    assert notify.traced == 0
    first, second = function_rows(compared)
    assert first == (
        "validate", "2", "3", "120 ms", "190 ms", "1,192 ms", "93 of 1,024 MB", "1", "2", "500 ms",
    )  # fmt: skip
    assert second[5:] == ("-", "-", "0", "-", "-")


def test_the_report_says_it_in_all_three_forms(run):
    report = build([run])
    page = words(unescape(re.sub(r"<[^>]+>", " ", html.render(report, [run]).split("</style>")[1])))
    text = words(markdown.render(report).replace("\\", ""))
    (compared,) = report.billed
    for row in (*meter_rows(compared), *function_rows(compared)):
        assert words(" ".join(row)) in page
        assert words("| " + " | ".join(row) + " |") in text
    for sentence in sentences(compared):
        assert words(sentence) in page
        assert words(sentence) in text
    document = json.loads(to_json(report))
    jsonschema.validate(document, schema())
    assert document["billed"][0]["meters"][0]["ratio"] == "1.250"


def test_an_emulator_is_named_above_its_tables(make_run, make_record, billed):
    folder = make_run("aws-local", [make_record("a.jpg")])
    write(folder, billed)
    report = build([read(folder)])
    page = html.render(report, [])
    section = page[page.index("Usage reported by") : page.index("Photo by photo")]
    assert section.count("Measured on emulators") == 1
    assert section.count("<caption>") == 2


def test_nothing_collected_is_nothing_said(make_run, make_record):
    report = build([read(make_run("aws", [make_record("a.jpg")]))])
    assert report.billed == ()
    assert "Usage reported by" not in html.render(report, []) + markdown.render(report)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (Decimal(1234567), "1,234,567"), (Decimal("0.00000012345678"), "1.23457e-7")],
)
def test_quantities(value, text):
    assert quantity(value) == text


def words(text):
    return " ".join(text.split())
