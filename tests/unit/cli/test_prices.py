import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import prices
from compare.prices.reading import load
from compare.prices.refresh import Outcome


def run(*arguments: str) -> Any:
    return CliRunner().invoke(prices.app, list(arguments))


def test_show_lists_prices_of_a_region():
    result = run("show", "--json", "--region", "westeurope")
    shown = json.loads(result.output)
    assert {entry["region"] for entry in shown} == {"westeurope"}
    assert all(entry["source"]["url"] for entry in shown)


def test_show_tells_tiers_and_allowances():
    (entry,) = json.loads(
        run("show", "aws.lambda.gb_seconds.arm64", "--region", "us-east-1", "--json").output
    )
    assert entry["tiers"] == [
        {"from": "0", "price": "0.0000133334"},
        {"from": "7500000000", "price": "0.0000120001"},
        {"from": "18750000000", "price": "0.0000106667"},
    ]
    assert entry["allowance"]["pool"] == "aws.lambda.gb_seconds"
    assert "7,500,000,000" in run("show", "aws.lambda.gb_seconds.arm64").output


def test_show_tells_the_bounds_of_an_unconfirmed_price():
    shown = " ".join(run("show", "azure.functions.flex.gb_seconds", "--region", "westeurope").output.split())
    assert "$0.000026 and" in shown
    assert "$0.000037" in shown


def test_check_says_the_book_is_valid_and_what_is_doubtful():
    result = run("check")
    assert result.exit_code == 0
    assert f"The price book is valid: {len(load().meters)} meters." in result.output
    assert "azure.durable.scheduler_actions" in result.output


def test_check_as_json_with_another_age():
    found = json.loads(run("check", "--old-after", "100000", "--json").output)
    assert {entry["status"] for entry in found} == {"derived", "unconfirmed"}


def outcome(kind: str, detail: str = "") -> Outcome:
    meter = load().meter("aws.lambda.requests")
    return Outcome(meter, meter.prices["us-east-1"], kind, detail)


@pytest.mark.parametrize(
    ("kind", "code"), [("same", 0), ("changed", 0), ("unlisted", 0), ("gone", 1), ("unread", 1)]
)
def test_refresh_fails_where_a_person_is_needed(monkeypatch: pytest.MonkeyPatch, kind: str, code: int):
    monkeypatch.setattr(prices, "compare", lambda *_: [outcome(kind, "reasons")])
    monkeypatch.setattr(prices, "write_outcomes", lambda _: pytest.fail("nobody said --write"))
    result = run("refresh")
    assert result.exit_code == code
    assert f"1 {kind}." in result.output
    assert ("reasons" in result.output) == (kind != "same")
    assert json.loads(run("refresh", "--json").output)[0]["found"] == kind


def test_refresh_writes_only_when_asked(monkeypatch: pytest.MonkeyPatch):
    written: list[Outcome] = []
    monkeypatch.setattr(prices, "compare", lambda *_: [outcome("changed", "1 becomes 2")])
    monkeypatch.setattr(prices, "write_outcomes", lambda outcomes: written.extend(outcomes) or len(outcomes))
    result = run("refresh", "--write")
    assert [each.kind for each in written] == ["changed"]
    assert "Wrote 1 prices" in result.output
