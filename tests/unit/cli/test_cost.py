import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import cost, main
from compare.errors import CostError

app = typer.Typer()
app.command()(cost.cost)

USAGE = """
[[lambda]]
requests = 3_000_000
duration_ms = 120
memory_mb = 1536
"""


@pytest.fixture
def usage(tmp_path: Path) -> Path:
    path = tmp_path / "usage.toml"
    path.write_text(USAGE)
    return path


def test_json_has_every_line_and_the_total(usage: Path):
    result = CliRunner().invoke(app, [str(usage), "--json"])
    assert result.exit_code == 0
    document = json.loads(result.output)
    assert document["total"] == "2.733338"
    assert [line["meter"] for line in document["lines"]] == [
        "aws.lambda.requests",
        "aws.lambda.gb_seconds.x86_64",
    ]
    requests = document["lines"][0]
    assert (requests["quantity"], requests["billed_quantity"]) == ("3000000", "2000000")
    assert (requests["unit_price"], requests["amount"]) == ("0.0000002", "0.4")
    assert requests["allowance"]["quantity"] == "1000000"
    assert requests["source"]["date"] == "2026-09-19"


def test_free_tier_can_be_left_out(usage: Path):
    result = CliRunner().invoke(app, [str(usage), "--no-free-tier", "--json"])
    assert json.loads(result.output)["total"] == "9.600018"


def test_people_see_quantities_amounts_and_reasons(usage: Path):
    result = CliRunner().invoke(app, [str(usage)])
    assert "$2.73 a month, with free tiers." in result.output
    assert "3,000,000 requests x 120 ms x 1,536 MB / 1,024, 400,000 free per account" in result.output
    assert "AWS bulk price list, AWSLambda, us-east-1, 2026-09-19, confirmed." in result.output


def test_regions(usage: Path):
    result = CliRunner().invoke(app, [str(usage), "--region", "eu-west-1", "--json"])
    assert {line["region"] for line in json.loads(result.output)["lines"]} == {"eu-west-1"}


def test_an_unconfirmed_price_makes_the_headline_a_range(tmp_path: Path):
    path = tmp_path / "usage.toml"
    path.write_text(
        "[meters]\nazure.durable.scheduler_actions = 1_000_000\nazure.blob.write_operations = 10_000"
    )
    result = CliRunner().invoke(app, [str(path)])
    assert (
        "$0.05 to $3,000.05 a month, with free tiers: $0.05 at known prices, the rest at unconfirmed ones "
        "(azure.durable.scheduler_actions)."
    ) in result.output


def test_each_cloud_has_a_subtotal(tmp_path: Path):
    path = tmp_path / "usage.toml"
    path.write_text(
        "[meters]\naws.stepfunctions.transitions = 1_004_000\nazure.blob.write_operations = 10_000"
    )
    result = CliRunner().invoke(app, [str(path)])
    assert "aws: $25.00 a month, with free tiers." in result.output
    assert "azure: $0.05 a month, with free tiers." in result.output
    assert "\n$25.05 a month, with free tiers." in result.output
    by_cloud = json.loads(CliRunner().invoke(app, [str(path), "--json"]).output)["by_cloud"]
    assert {cloud: each["total"] for cloud, each in by_cloud.items()} == {"aws": "25", "azure": "0.05"}


def test_amounts_beyond_any_bill_are_shown(tmp_path: Path):
    path = tmp_path / "usage.toml"
    path.write_text(f"[[lambda]]\nrequests = 1{'0' * 30}\nduration_ms = 1{'0' * 30}\nmemory_mb = 1024")
    result = CliRunner().invoke(app, [str(path)])
    assert result.exit_code == 0
    assert "$13,333,400,000,000" in result.output


@pytest.mark.parametrize(
    ("text", "named"),
    [("[meters]\naws.magic = 1", "aws.magic"), ("[[lambda]]\nrequest = 1", "request"), ("[", "TOML")],
)
def test_mistakes_are_one_line_and_exit_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, named: str
):
    path = tmp_path / "usage.toml"
    path.write_text(text)
    monkeypatch.setattr(sys, "argv", ["twinlens", "cost", str(path)])
    with pytest.raises(SystemExit) as exit_:
        main.main()
    assert exit_.value.code == 1
    assert named in capsys.readouterr().err


def test_errors_are_ours():
    result = CliRunner().invoke(app, ["/no/such/file.toml"])
    assert isinstance(result.exception, CostError)


def test_no_usage_costs_nothing(tmp_path: Path):
    path = tmp_path / "usage.toml"
    path.write_text("")
    result = CliRunner().invoke(app, [str(path), "--json"])
    assert Decimal(json.loads(result.output)["total"]) == 0
