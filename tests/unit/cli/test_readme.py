"""The README's commands that need no stack run as they are printed."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

ROOT = Path(__file__).parents[3]
LINES = re.findall(
    r"^twinlens ((?:estimate|cost|process) [^#\n]+)", (ROOT / "README.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize("line", LINES)
def test_a_command_runs_as_printed(line, tmp_path, monkeypatch):
    usage, _terms = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "prices.md").read_text(), re.DOTALL)
    (tmp_path / "usage.toml").write_text(usage)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, shlex.split(line))
    assert done.exit_code == 0, done.output
    assert "$" in done.stdout


def test_there_are_some():
    assert {line.split()[0] for line in LINES} == {"estimate", "cost"}
