import json

import typer
from typer.testing import CliRunner

from cli import doctor

app = typer.Typer()
app.command()(doctor.doctor)


def test_this_machine_has_what_the_tests_need() -> None:
    """The tests run in what ``make setup`` made, so nothing that is needed can be missing."""
    result = CliRunner().invoke(app, ["--json"])
    missing = [each["name"] for each in json.loads(result.output) if each["needed"] and not each["found"]]
    assert missing == []
    assert result.exit_code == 0
