"""The wheel, installed into an empty environment and used from a folder that is no checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from run_records import head, record

from compare.folder import append_jobs, write_head

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
CONFIG = "config:\n  aws:region: eu-west-1\n  twinlens:cloud: aws\n"

type Twinlens = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``twinlens`` out of the wheel, without the extra ``local``."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable]
    subprocess.run([*build, "--out-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    install = [UV, "pip", "install", "--quiet", "--python", environment / "bin" / "python"]
    subprocess.run([*install, "--constraint", ROOT / "locks" / "project.txt", wheel], check=True)
    return environment / "bin" / "twinlens"


@pytest.fixture
def twinlens(program: Path, tmp_path: Path) -> Twinlens:
    """Run a command in an empty folder, with no Pulumi CLI on the machine."""
    variables = {"HOME": str(tmp_path), "PATH": os.defpath, "PULUMI_HOME": str(tmp_path)}

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *arguments], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )

    return run


def told(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_photos_are_processed_with_every_recipe_and_picture(twinlens: Twinlens, tmp_path: Path) -> None:
    for recipe in sorted((ROOT / "recipes").glob("*.toml")):
        done = twinlens(
            "process", ROOT / "samples" / "mountain.jpg", "-r", recipe.stem, "-o", recipe.stem, "--json"
        )
        (result,) = json.loads(told(done))
        assert result["state"] == "succeeded"
        assert all((tmp_path / file["path"]).is_file() for file in result["files"])


def test_filters_are_listed(twinlens: Twinlens) -> None:
    assert "watermark" in json.loads(told(twinlens("filters", "--json")))


def test_prices_are_shown(twinlens: Twinlens) -> None:
    assert "aws.lambda.requests" in told(twinlens("prices", "show"))


def test_a_usage_is_priced(twinlens: Twinlens) -> None:
    usage = ROOT / "tests" / "unit" / "compare" / "cost" / "examples" / "states-workshop-express.toml"
    assert "a month" in told(twinlens("cost", usage))


def test_a_stack_is_estimated_from_its_config_alone(twinlens: Twinlens, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.mine.yaml").write_text(CONFIG)
    estimate = told(twinlens("estimate", "--stack", "mine", "--images-per-month", "1000"))
    assert "mine, 1,000 photos a month: $" in estimate


def test_runs_are_reported(twinlens: Twinlens, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "one"
    write_head(folder, head("aws-local", ["a.jpg"]))
    append_jobs(folder, [record("a.jpg")])
    told(twinlens("report", folder))
    assert "<html" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("local", "up"), "need a checkout"),
        (("doctor",), "need a checkout"),
        (("jobs", "list", "-s", "aws-local"), "need a checkout"),
        (("jobs", "list", "-s", "aws"), "Pulumi CLI is not on PATH"),
    ],
)
def test_what_needs_more_than_the_wheel_says_so(
    twinlens: Twinlens, command: tuple[str, ...], reason: str
) -> None:
    done = twinlens(*command)
    assert done.returncode == 1
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_help_names_every_command(twinlens: Twinlens) -> None:
    assert "local" in told(twinlens("--help"))
