"""Output that loses nothing where the terminal is narrow, and shows what a name hides."""

import json

import pytest
from rich.console import Console

from cli import console as module
from cli.console import print_json, print_table, shown

LONG = "incoming/" + "a-very-long-name-of-a-photo" * 3 + ".jpg"
COLUMNS = ("job", "photo", "download ms", "upload ms")
ROW = ("0123456789abcdef0123456789abcdef", LONG, "1,234,567", "7,654,321")


@pytest.fixture
def printed(monkeypatch, capsys):
    """Return what the table looks like at a width."""

    def at(width, columns=COLUMNS, rows=(ROW,)):
        monkeypatch.setattr(module, "console", Console(width=width, highlight=False))
        print_table(columns, rows, numbers=("download ms", "upload ms"))
        return capsys.readouterr().out

    return at


@pytest.mark.parametrize("width", [200, 80, 40])
def test_no_cell_is_cropped_at_any_width(printed, width):
    lines = printed(width).splitlines()
    assert max(map(len, lines)) <= width
    together = "".join("".join(lines).split())
    for cell in (ROW[0], ROW[2], ROW[3]):
        assert cell in together
    # The name is folded over several lines: between its pieces stand other cells.
    rest = iter(together)
    assert all(each in rest for each in LONG)


def test_a_table_that_almost_fits_breaks_its_headings(printed):
    lines = printed(76).splitlines()
    assert [line.split() for line in lines[:2]] == [["download", "upload"], ["job", "photo", "ms", "ms"]]


def test_a_row_that_does_not_fit_becomes_a_block(printed):
    first, second = printed(40, rows=(ROW, ("b", "", "1", "2"))).split("\n\n")
    assert [line.split()[0] for line in first.splitlines() if line[0] != " "] == [
        "job",
        "photo",
        "download",
        "upload",
    ]
    assert second.split() == ["job", "b", "download", "ms", "1", "upload", "ms", "2"]


def test_bidirectional_marks_and_controls_are_visible():
    assert shown("photo\u202egpj.exe\x1b[bold]\u200b") == "photo\\u202egpj.exe\\x1b\\[bold]\\u200b"


def test_json_stays_the_same_document(capsys):
    value = {"key": "a\u202eb\x9b\x1b\u2066"}
    print_json(value)
    text = capsys.readouterr().out
    assert text.isascii()
    assert json.loads(text) == value
