"""The vendors' own worked examples, stated as usage files, come out to the cent.

Each file under examples/ names its page; the figures below are that page's, line by line.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.cost import cost
from compare.billing.reading import MeterReading
from compare.cost.bill import price
from compare.cost.document import bill_document
from compare.cost.usage import read
from compare.prices.reading import load

EXAMPLES = Path(__file__).parent / "examples"
CENT = Decimal("0.01")
app = typer.Typer()
app.command()(cost)

# file: (free tier, amounts by meter, total)
EXPECTED: dict[str, tuple[bool, dict[str, str], str]] = {
    "lambda-mobile-backend": (
        True,
        {"aws.lambda.gb_seconds.x86_64": "2.33", "aws.lambda.requests": "0.40"},
        "2.73",
    ),
    "lambda-telemetry": (
        False,
        {"aws.lambda.gb_seconds.x86_64": "248.00", "aws.lambda.requests": "1.49"},
        "249.49",
    ),
    "lambda-support-tickets": (
        True,
        {
            "aws.lambda.gb_seconds.x86_64": "105.33",
            "aws.lambda.requests": "1.00",
            "aws.lambda.ephemeral_gb_seconds": "0.08",
        },
        "106.41",
    ),
    "lambda-provisioned-launch": (
        True,
        {
            "aws.lambda.provisioned_gb_seconds.x86_64": "18.00",
            "aws.lambda.provisioned_duration_gb_seconds.x86_64": "0.73",
            "aws.lambda.gb_seconds.x86_64": "0.83",
        },
        "19.96",
    ),
    "lambda-provisioned-sale": (
        True,
        {
            "aws.lambda.provisioned_gb_seconds.x86_64": "10.08",
            "aws.lambda.provisioned_duration_gb_seconds.x86_64": "21.78",
            "aws.lambda.provisioned_requests": "0.40",
        },
        "32.26",
    ),
    "lambda-snapstart": (
        False,
        {
            "aws.lambda.snapstart_cache_gb_seconds": "4.03",
            "aws.lambda.snapstart_restore_gb": "10.40",
            "aws.lambda.gb_seconds.x86_64": "248.00",
            "aws.lambda.requests": "1.49",
        },
        "263.92",
    ),
    "lambda-durable-claims": (
        True,
        {
            "aws.lambda.gb_seconds.arm64": "421.34",
            "aws.lambda.requests": "0.20",
            "aws.lambda.durable_operations": "32.00",
            "aws.lambda.durable_written_gb": "26.00",
            "aws.lambda.durable_retained_gb_months": "10.92",
        },
        "490.46",
    ),
    "lambda-response-stream": (
        True,
        {"aws.lambda.gb_seconds.x86_64": "30.83", "aws.lambda.requests": "0.40"},
        "31.23",
    ),
    "lambda-queue-poller": (
        False,
        {"aws.lambda.gb_seconds.x86_64": "500.00", "aws.lambda.requests": "6.00"},
        "506.00",
    ),
    "express-map": (
        True,
        {"aws.stepfunctions.express_requests": "100.00", "aws.stepfunctions.express_gb_seconds": "382.97"},
        "482.97",
    ),
    "states-workshop-standard": (False, {"aws.stepfunctions.transitions": "0.08"}, "0.08"),
    "states-workshop-express": (False, {"aws.stepfunctions.express_requests": "0.00"}, "0.01"),
    "functions-consumption": (
        True,
        {"azure.functions.consumption.gb_seconds": "17.60", "azure.functions.consumption.executions": "0.40"},
        "18.00",
    ),
    "functions-consumption-units": (False, {"azure.functions.consumption.gb_seconds": "0.02"}, "0.02"),
    "xray-sampling": (True, {"aws.xray.traces": "0.24"}, "0.24"),
    "event-grid-images": (True, {"azure.eventgrid.operations": "5.94"}, "5.94"),
}


def test_every_example_file_is_checked():
    assert {path.stem for path in EXAMPLES.glob("*.toml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_example_comes_out_to_the_cent(name: str):
    free_tier, amounts, total = EXPECTED[name]
    book = load()
    bill = price(read(EXAMPLES / f"{name}.toml", book.meters), book, free_tier=free_tier)
    rounded = {line.meter.name: str(line.amount.quantize(CENT)) for line in bill.lines}
    assert {meter: rounded[meter] for meter in amounts} == amounts
    assert str(bill.total.quantize(CENT)) == total
    assert not bill.unconfirmed


@pytest.mark.parametrize("name", EXPECTED)
def test_the_command_prints_the_same(name: str):
    free_tier, amounts, total = EXPECTED[name]
    options = ["--json"] if free_tier else ["--json", "--no-free-tier"]
    result = CliRunner().invoke(app, [str(EXAMPLES / f"{name}.toml"), *options])
    assert result.exit_code == 0, result.output
    document = json.loads(result.output, parse_float=lambda text: pytest.fail(text))
    assert str(Decimal(document["total"]).quantize(CENT)) == total
    lines = {line["meter"]: line for line in document["lines"]}
    for meter, amount in amounts.items():
        line = lines[meter]
        assert str(Decimal(line["amount"]).quantize(CENT)) == amount
        assert line["unit_price"] or line["tiers"]
        assert {"quantity", "billed_quantity", "source"} <= set(line)


def test_document_adds_up_and_holds_no_binary_number():
    book = load()
    bill = price(read(EXAMPLES / "lambda-provisioned-launch.toml", book.meters), book)
    document = json.loads(json.dumps(bill_document(bill)), parse_float=lambda text: pytest.fail(text))
    assert sum(Decimal(line["amount"]) for line in document["lines"]) == Decimal(document["total"])
    for line in document["lines"]:
        assert sum(Decimal(tier["amount"]) for tier in line["tiers"]) == Decimal(line["amount"])
        assert sum(Decimal(tier["quantity"]) for tier in line["tiers"]) == Decimal(line["billed_quantity"])
        assert line["source"]["url"].startswith("https://")


# SeBS-Flow's bills of a thousand executions on AWS in 2024: calls, GB-seconds and transitions (two more than
# states entered, as its authors count) of one execution, and dollars.
BENCHMARK_BILLS = {
    "auth": (1, "0.035", 3, "0.0758"),
    "ML": (3, "13.610", 6, "0.3774"),
    "MapReduce": (10, "6.015", 14, "0.4523"),
    "Video": (4, "90.97", 7, "1.692"),
    "ExCamera": (16, "62.01", 21, "1.562"),
    "Trip booking": (6, "2.897", 9, "0.2745"),
}


@pytest.mark.parametrize("name", BENCHMARK_BILLS)
def test_published_bills_of_applications_are_reproduced(name: str):
    calls, gb_seconds, transitions, dollars = BENCHMARK_BILLS[name]
    of_one = {
        "aws.lambda.requests": Decimal(calls),
        "aws.lambda.gb_seconds.x86_64": Decimal(gb_seconds),
        "aws.stepfunctions.transitions": Decimal(transitions),
    }
    usage = [MeterReading(meter, 1000 * quantity, "") for meter, quantity in of_one.items()]
    assert price(usage, load(), free_tier=False).total == pytest.approx(
        Decimal(dollars), rel=Decimal("0.002")
    )
