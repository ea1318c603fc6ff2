import json

import pytest
import typer
from typer.testing import CliRunner

from cli import doctor
from local.doctor import Finding

app = typer.Typer()
app.command()(doctor.doctor)

THERE = Finding("Python", "3.13.0", needed=True, remedy="Install it.")
WISHED = Finding("Go", None, needed=False, remedy="Nothing to do.")
MISSING = Finding("Node.js", None, needed=True, remedy="Run `make setup`.")


@pytest.mark.parametrize(
    ("findings", "code"), [([THERE], 0), ([THERE, WISHED], 0), ([THERE, WISHED, MISSING], 1)]
)
def test_only_what_is_needed_and_missing_fails(
    monkeypatch: pytest.MonkeyPatch, findings: list[Finding], code: int
) -> None:
    monkeypatch.setattr("local.doctor.LOOKS", [lambda each=each: each for each in findings])
    result = CliRunner().invoke(app)
    assert result.exit_code == code
    assert all(each.name in result.output for each in findings)
    assert ("make setup" in result.output) == (code == 1)


def test_json_holds_every_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.doctor.LOOKS", [lambda: MISSING])
    result = CliRunner().invoke(app, ["--json"])
    assert json.loads(result.output) == [
        {"name": "Node.js", "found": None, "needed": True, "remedy": "Run `make setup`."}
    ]
