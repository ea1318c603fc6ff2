"""Print the published cells beside what the models say: ``python -m simulation.validation``.

It is the table of docs/simulation.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.book import load
from simulation.predict import Figure, Prediction, predict
from simulation.streams import Streams
from simulation.validation.cells import Cell, cells
from simulation.work import download_s
from simulation.workload import Workload

LEAST_COVERAGE = 0.8
DRAWS = 400


@dataclass(frozen=True)
class Compared:
    """A cell and the model's figure."""

    cell: Cell
    figure: Figure

    @property
    def error(self) -> float:
        """Return how far the model is off, relative to the published value."""
        return self.figure.value / self.cell.published - 1

    @property
    def within(self) -> bool:
        """Return whether the model came as close as it has to."""
        return abs(self.error) <= self.cell.tolerance

    @property
    def covered(self) -> bool:
        """Return whether the interval holds the published value."""
        return self.figure.low <= self.cell.published <= self.figure.high


def compare(chosen: Sequence[Cell]) -> list[Compared]:
    """Predict every experiment once, and return its cells."""
    made: dict[Workload, Prediction] = {}
    found = []
    for cell in chosen:
        experiment = cell.experiment
        if not isinstance(experiment, Workload):
            found.append(Compared(cell, downloaded(experiment)))
            continue
        if experiment not in made:
            made[experiment] = predict(experiment)
        found.append(Compared(cell, made[experiment].figures[cell.figure]))
    return found


def downloaded(mib: float) -> Figure:
    """Return the seconds that a photo's functions take to read an object, with the interval of the draws."""
    book, generator = load(), Streams(0).generator("parameters")
    low, high = np.percentile([download_s(book.draw(generator), mib) for _ in range(DRAWS)], [5, 95]).tolist()
    return Figure(download_s(book.values(), mib), low, high)


def lines(found: Sequence[Compared]) -> list[str]:
    """Return the table as Markdown, then the summary and the cells that miss."""
    table = [
        "| cell | published | simulated | 90 % interval | off by | allowed |",
        "|---|---|---|---|---|---|",
    ]
    for each in found:
        mark = "" if each.within else " **misses**"
        table.append(
            f"| {each.cell.name} ({each.cell.group}) | {each.cell.published:,.4g} | {each.figure.value:,.4g} "
            f"| {each.figure.low:,.4g} to {each.figure.high:,.4g} | {each.error:+.0%}{mark} "
            f"| {each.cell.tolerance:.0%} |"
        )
    covered, within = sum(each.covered for each in found), sum(each.within for each in found)
    table += [
        "",
        f"{within} of {len(found)} cells are within their tolerance. The 90 % intervals hold {covered} of "
        f"{len(found)} published values ({covered / len(found):.0%}).",
    ]
    missed = [each for each in found if not each.within]
    if missed:
        table += ["", "Cells that miss:", ""]
        table += [f"- {each.cell.name}: {each.cell.reason or 'no reason is known.'}" for each in missed]
    return table


def main() -> int:
    """Print the table; return 1 if the intervals cover less than they have to."""
    parser = argparse.ArgumentParser(prog="python -m simulation.validation", description=__doc__)
    parser.add_argument("--only", default="", help="only cells whose name contains this")
    only = parser.parse_args().only
    found = compare([each for each in cells() if only in each.name])
    sys.stdout.write("\n".join(lines(found)) + "\n")
    return int(sum(each.covered for each in found) < LEAST_COVERAGE * len(found))


if __name__ == "__main__":
    sys.exit(main())
