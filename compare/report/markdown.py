"""The report as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from compare.cost.exact import dollars
from compare.report import billed
from compare.report.costs import PURPOSE_NAMES
from compare.report.model import Latency, Report
from compare.report.rows import columns, rows
from compare.report.words import SEGMENT_WORDS, amount, clocks, duration, verdict, why
from compare.statistics import Quantile

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
    environment.filters |= {"duration": duration, "text": text, "dollars": dollars}
    return environment.get_template("report.md.j2").render(
        report=report,
        segment_words=SEGMENT_WORDS,
        table=table,
        latency_rows=[
            (run.label, name, f"{figures.count:,}", *(interval(each) for each in figures.quantiles))
            for run in report.runs
            for name, figures in named_latencies(run.end_to_end, run.cold, run.warm)
        ],
        columns=columns(report),
        purposes=list(PURPOSE_NAMES),
        amount=amount,
        billed=billed,
        clocks=clocks,
        rows=rows(report),
        verdict=verdict,
        why=why,
    )


def named_latencies(everything: Latency, cold: Latency, warm: Latency) -> list[tuple[str, Latency]]:
    """Return the distributions that hold a job, with their names."""
    named = (("all", everything), ("cold", cold), ("warm", warm))
    return [(name, figures) for name, figures in named if figures.count]


def interval(figure: Quantile) -> str:
    """Return a quantile with its interval, or the reason that there is none."""
    if figure.low is None:
        return f"{duration(figure.value)} (too few)"
    return f"{duration(figure.value)} ({duration(figure.low)} to {duration(figure.high)})"


def table(head: Sequence[str], body: Iterable[Sequence[str]], left: int = 3) -> str:
    """Return a table whose first ``left`` columns are words and whose others are numbers."""
    rule = [":--" if number < left else "--:" for number in range(len(head))]
    lines = [[text(cell) for cell in head], rule, *([text(cell) for cell in row] for row in body)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def text(value: str) -> str:
    """Escape what Markdown would read as more than text."""
    return value.translate(SPECIAL)
