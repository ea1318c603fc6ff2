"""The report as Markdown, for a pull request."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from compare.report import billed, tables
from compare.report.html import by_cloud
from compare.report.model import Report
from compare.report.rows import shown, shown_of
from compare.report.tables import Table
from compare.report.words import clocks, saved, why

# Characters that could end a cell, open a tag or a link, or be taken for emphasis.
SPECIAL = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_{}[]<>|~#!"} | {"\n": " ", "\r": " "}
)


def render(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown; file names in it are inert text."""
    environment = Environment(
        loader=PackageLoader("compare.report"),
        autoescape=False,  # noqa: S701  this is no HTML; `text` makes names inert
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"text": text}

    def table(content: Table) -> str:
        return "\n".join((f"**{text(content.title)}** ({report.place})", "", *cells(content)))

    return environment.get_template("report.md.j2").render(
        report=report,
        tables=tables,
        billed=billed,
        table=table,
        clocks=clocks,
        clouds=by_cloud(report),
        photos=shown(report),
        shown_of=shown_of(report),
        saved=saved,
        why=why,
    )


def cells(table: Table) -> list[str]:
    """Return the lines of a table, numbers on the right."""
    rule = ["--:" if number in table.numbers else ":--" for number in range(len(table.head))]
    lines = [[text(cell) for cell in table.head], rule, *([text(cell) for cell in row] for row in table.rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def text(value: str) -> str:
    """Escape what Markdown would read as more than text."""
    return value.translate(SPECIAL)
