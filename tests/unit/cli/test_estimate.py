import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pulumi.runtime import set_all_config
from run_records import record, write_run
from typer.testing import CliRunner

from bench import project
from cli import estimate, sweep
from compare.metering.assumptions import INIT_MS
from compare.prices.reading import load as load_prices
from core.errors import SettingsError
from simulation.advice import advise
from simulation.advice.variants import Door
from simulation.book import load as load_parameters
from simulation.workload import Photos

app = typer.Typer()
app.command()(estimate.estimate)


@pytest.fixture(autouse=True)
def no_config() -> Iterator[None]:
    yield
    set_all_config({})


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["--images-per-month", "100000", *arguments])


@pytest.fixture
def stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").touch()
    monkeypatch.setattr(project, "_CODE", tmp_path)
    return tmp_path


@pytest.mark.parametrize("stack", ["aws", "azure", "aws-local", "azure-local"])
def test_every_stack_of_the_project_can_be_estimated(stack: str):
    result = run("--stack", stack, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    (found,) = document["stacks"]
    (month,) = found["months"]
    assert found["settings"]["cloud"] == stack.partition("-")[0]
    assert set(month["bills"]) == {"low", "expected", "high"}
    assert float(month["low"]) <= float(month["expected"]) <= float(month["high"])
    assumed = {each["text"] for each in document["assumptions"]}
    assert (INIT_MS.text in assumed) == (found["settings"]["cloud"] == "aws")


def test_people_see_three_columns_and_a_range():
    result = run("--stack", "aws")
    assert "aws, 100,000 photos a month: $" in result.output
    assert "unconfirmed: aws.eventbridge.s3_events." in result.output
    assert "In month 12, if no photo is deleted: $" in result.output
    assert "expected: steps take as long as measured" in result.output
    assert "Left out: internet egress (add it with --egress-gb), tax" in result.output
    assert "Assumed: 500 milliseconds of Lambda's INIT phase" in result.output


def test_stacks_and_volumes_are_shown_side_by_side():
    result = run("--stack", "aws", "--stack", "azure", "--images-per-month", "1000")
    assert result.exit_code == 0, result.output
    assert "Which is cheaper? aws, whatever is assumed: $" in result.output
    assert "No difference can be claimed: azure most likely costs $" in result.output
    assert "photos a month ($" in result.output  # the break-even point
    assert "What is most of the bill? azure: " in result.output
    document = json.loads(run("--stack", "aws", "--stack", "azure", "--json").output)
    assert [each["stack"] for each in document["stacks"]] == ["aws", "azure"]
    (point,) = document["break_evens"]
    assert (point["below"], point["above"]) == ("aws", "azure")


def test_values_of_a_setting_are_compared():
    document = json.loads(run("--stack", "aws", "--set", "granularity=stepwise,fused", "--json").output)
    stepwise, fused = document["stacks"]
    assert (stepwise["stack"], fused["stack"]) == ("aws granularity=stepwise", "aws granularity=fused")
    assert fused["settings"]["granularity"] == "fused"
    assert float(fused["months"][0]["expected"]) < float(stepwise["months"][0]["expected"])


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--set", "granularity"), "--set granularity names no value"),
        (("--set", "granularity=both"), "granularity"),
        (("--region", "eastus2"), "The region eastus2 is of azure; no stack named here is on that cloud."),
        (("--sweep", "maxBytes"), "--sweep maxBytes names no values; write --sweep maxBytes=VALUE,VALUE."),
        (("--sweep", "memoryMb=1,2"), "memoryMb"),
        (("--megapixels", "500"), "500 megapixels is rejected by aws: maxPixels is 100,000,000."),
    ],
)
def test_what_cannot_be_is_refused(options: tuple[str, str], named: str):
    result = run("--stack", "aws", *options)
    assert isinstance(result.exception, SettingsError)
    assert named in str(result.exception)


def test_views_are_counted_behind_a_front_door_only():
    plain = run("--stack", "aws", "--views-per-photo", "3")
    assert "no stack here has a front door" in plain.output
    shown = run("--stack", "azure", "--set", "frontDoor=true", "--views-per-photo", "3")
    assert "no stack here" not in shown.output
    assert "azure.frontdoor.base.standard" in shown.output
    assert "Assumed: 3 views of one photo's results" in shown.output
    assert "Left out: internet egress beyond the views of a front door (add it" in shown.output
    assert json.loads(run("--stack", "aws", "--json").output)["views_per_photo"] == 10


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate few photos with few draws of the parameters."""
    monkeypatch.setattr(advise, "JOBS", 60)
    monkeypatch.setattr(sweep, "DRAWS", 6)


@pytest.mark.usefixtures("few")
def test_a_setting_is_swept_and_its_frontier_shown():
    shown = run("--stack", "aws", "--sweep", "memoryMb=512,1769")
    assert shown.exit_code == 0, shown.output
    assert "aws memoryMb=1769" in shown.output
    assert "Stars are the frontier" in shown.output
    assert "Simulated, not measured" in shown.output
    small, large = json.loads(run("--stack", "aws", "--sweep", "memoryMb=512,1769", "--json").output)
    assert small["p95_s"]["value"] > 1.1 * large["p95_s"]["value"]
    assert small["p95_s"]["low"] <= small["p95_s"]["value"] <= small["p95_s"]["high"]
    assert float(small["low"]) <= float(small["expected"]) <= float(small["high"])
    assert large["frontier"]
    azure = json.loads(run("--stack", "azure", "--sweep", "memoryMb", "--json").output)
    assert [each["stack"] for each in azure] == ["azure memoryMb=2048", "azure memoryMb=4096"]
    assert azure[0]["frontier"]


@pytest.mark.parametrize(
    ("options", "door"),
    [
        ((), Door()),
        (("--set", "frontDoor=true", "--views-per-photo", "3"), Door(front_door=True, cdn=True, views=3)),
    ],
)
def test_a_sweep_says_what_advise_says(options, door, monkeypatch):
    monkeypatch.setattr(advise, "JOBS", 20)  # of each of many variants
    monkeypatch.setattr(sweep, "DRAWS", 3)
    swept = json.loads(run("--stack", "aws", "--sweep", "granularity", *options, "--json").output)
    question = advise.Question(100_000, "daily", Photos(), 5.0, 0.0, door=door)
    advised = advise.advise(question, load_parameters(), load_prices(), draws=sweep.DRAWS)
    for each in swept:
        name = f"aws standard {each['stack'].rpartition('=')[2]} 1024 MB arm64"
        (one,) = [ranked for ranked in advised.ranked if ranked.variant.name == name]
        assert tuple(each["p95_s"].values()) == one.simulated.latency
        # The stack has settings of its own, which advise leaves at their defaults.
        assert float(each["expected"]) == pytest.approx(float(one.bills.expected), rel=0.05)


def test_latencies_of_a_sweep_can_be_those_of_runs(tmp_path: Path):
    options = ("--stack", "aws-local", "--sweep", "granularity", "--runs", str(tmp_path), "--json")
    missing = run(*options)
    assert isinstance(missing.exception, SettingsError)
    assert "There is no run of aws-local granularity=stepwise. Make one: set the" in str(missing.exception)
    for granularity, pace in (("stepwise", 2.0), ("fused", 1.0)):
        records = [
            record("a.jpg", at=4000 * at, pace=pace, granularity=granularity, burst=at) for at in range(3)
        ]
        options_of_run = {"granularity": granularity, "architecture": "x86_64", "log_level": "error"}
        write_run(tmp_path, "aws-local", records, name=granularity, **options_of_run)
    stepwise, fused = json.loads(run(*options, "--cold-share", "0").output)
    assert stepwise["p95_s"] == {"value": pytest.approx(2.11, abs=0.2), "low": None, "high": None}
    assert fused["p95_s"]["value"] < stepwise["p95_s"]["value"]
    assert (fused["where"], fused["frontier"], stepwise["frontier"]) == ("emulator", True, False)
    told = run("--stack", "aws-local", "--sweep", "maxBytes=1000,2000", "--runs", str(tmp_path))
    assert "A run does not tell aws-local maxBytes=1000 from aws-local maxBytes=2000" in str(told.exception)


def test_terms_of_ones_own_apply_to_an_estimate(tmp_path: Path):
    terms = tmp_path / "terms.toml"
    terms.write_text('[discounts]\n"aws" = 0.5\n')

    def expected(*options: str) -> float:
        document = json.loads(run("--stack", "aws", "--json", *options).output)
        return float(document["stacks"][0]["months"][0]["expected"])

    assert expected("--terms", str(terms)) == pytest.approx(expected() / 2)


def test_egress_and_later_months_are_added_on_request():
    def expected(*options: str) -> float:
        document = json.loads(run("--stack", "aws", "--json", *options).output)
        return float(document["stacks"][0]["months"][0]["expected"])

    assert expected("--egress-gb", "1100") == pytest.approx(expected() + 1000 * 0.09)  # 100 GB are free
    # 481 GiB more each month, of photos and outputs, and longer lists for the reconciler.
    stored = 11 * 100_000 * 5.16e6 / 2**30 * 0.023
    assert expected("--month", "12") == pytest.approx(expected() + stored, abs=0.2)


def test_a_region_prices_the_stacks_of_its_cloud():
    result = run("--stack", "aws", "--stack", "azure", "--region", "westeurope", "--json")
    bills = [each["months"][0]["bills"]["expected"] for each in json.loads(result.output)["stacks"]]
    assert [{line["region"] for line in bill["lines"]} for bill in bills] == [{"us-east-1"}, {"westeurope"}]


def test_settings_come_from_the_stack(stacks: Path):
    (stacks / "Pulumi.mine.yaml").write_text(
        "config:\n  aws:region: eu-west-1\n  twinlens:cloud: aws\n  twinlens:memoryMb: 512\n"
        "  twinlens:notifyEmail: me@example.org\n  twinlens:tags:\n    team: photos\n"
    )
    settings = json.loads(run("--stack", "mine", "--json").output)["stacks"][0]["settings"]
    assert (settings["region"], settings["memory_mb"], settings["email"]) == ("eu-west-1", 512, True)


def test_steps_and_the_log_are_estimated_as_they_are_set(stacks: Path):
    def total(settings: str) -> float:
        (stacks / "Pulumi.mine.yaml").write_text(f"config:\n  cloud: aws\n{settings}")
        found = json.loads(run("--stack", "mine", "--json", "--no-free-tier").stdout)["stacks"][0]
        return float(found["months"][0]["expected"])

    usual = total("")
    assert total("  logLevel: none\n") == usual
    assert total("  logLevel: all\n") > usual + 2
    assert total("  steps: {resize: {memoryMb: 3008}}\n") > usual


def test_what_only_pulumi_can_decrypt_is_assumed(stacks: Path):
    (stacks / "Pulumi.mine.yaml").write_text(
        "config:\n  cloud: aws\n  twinlens:memoryMb: {secure: v1:abc}\n  tags: {a: {secure: v1:abc}}\n"
    )
    result = run("--stack", "mine", "--json")
    assert json.loads(result.stdout)["stacks"][0]["settings"]["memory_mb"] == 1024
    assert "twinlens:memoryMb is encrypted; the estimate assumes its default." in result.stderr


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "config:\n  cloud: aws\n  memorymb: 512\n",
            "memorymb is not a setting; did you mean twinlens:memoryMb",
        ),
        ("config:\n  cloud: aws\n  memry: {secure: v1:abc}\n", "twinlens:memry is not a setting"),
        (None, "Pulumi.mine.yaml does not exist"),
        ("config: [", "not valid YAML"),
        ("config:\n  twinlens:cloud: gcp\n", "twinlens:cloud"),
        ("", "twinlens:cloud"),
    ],
)
def test_mistakes_are_named(stacks: Path, text: str | None, named: str):
    if text is not None:
        (stacks / "Pulumi.mine.yaml").write_text(text)
    result = run("--stack", "mine")
    assert isinstance(result.exception, SettingsError)
    assert named in str(result.exception)


@pytest.mark.parametrize(
    "options",
    [
        ("--megapixels", "many"),
        ("--megapixels", "-1"),
        ("--megapixels", "0"),
        ("--megapixels", "nan"),
        ("--cold-share", "1.1"),
        ("--images-per-month", "-1"),
    ],
)
def test_impossible_numbers_are_wrong_usage(options: tuple[str, str]):
    assert run("--stack", "aws", *options).exit_code == 2
