"""The report as Markdown, for a pull request."""

from __future__ import annotations

from compare.report.html import by_cloud
from compare.report.model import Report
from compare.report.rendering import render as render_template
from compare.report.rendering import text
from compare.report.rows import shown, shown_of
from compare.report.table import Table
from compare.report.words import clocks, saved, why


def render(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown, with file names escaped."""

    def table(content: Table) -> str:
        return "\n".join((f"**{text(content.title)}**", "", *cells(content)))

    return render_template(
        "report.md.j2",
        report=report,
        table=table,
        clocks=clocks,
        clouds=by_cloud(report),
        photos=shown(report),
        shown_of=shown_of(report),
        saved=saved,
        why=why,
    )


def cells(table: Table) -> list[str]:
    """Return the lines of a Markdown table, with numbers right-aligned."""
    rule = ["--:" if number in table.numbers else ":--" for number in range(len(table.head))]
    lines = [[text(cell) for cell in table.head], rule, *([text(cell) for cell in row] for row in table.rows)]
    return [f"| {' | '.join(line)} |" for line in lines]
