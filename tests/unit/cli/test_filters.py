import json

import typer
from typer.testing import CliRunner

from cli.filters import filters
from core.photo.filters import names

app = typer.Typer()
app.command()(filters)


def test_every_filter_is_listed_with_its_parameters() -> None:
    done = CliRunner().invoke(app, [])
    assert done.exit_code == 0
    assert all(name in done.output for name in names())
    assert "text of 1 to 100 characters" in done.output
    assert "required" in done.output
    assert "progressive" in done.output


def test_json_lists_types_and_defaults() -> None:
    known = json.loads(CliRunner().invoke(app, ["--json"]).stdout)
    assert list(known) == [*names(), "[[sizes]]", "[[sheets]]", "[[outputs]]"]
    assert known["[[sizes]]"]["fit"] == {"takes": "one of inside, cover, contain, exact", "default": "inside"}
    assert known["sepia"]["amount"] == {"takes": "a number from 0 to 1", "default": 1.0}
    assert known["watermark"]["text"]["default"] is None
