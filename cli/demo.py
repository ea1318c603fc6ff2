"""What ``make demo`` runs: the sample photos through both clouds, emulated here, and a report of it."""

from __future__ import annotations

import sys

from rich.markup import escape

from bench.demo import demonstrate
from cli.console import console, print_error, progress
from cli.main import explain
from cli.report import show
from core.errors import TwinlensError
from local.emulators import ending_politely
from local.toolchain.progress import seconds


def main() -> None:
    """Run the demo; exit with 0 only if every sample ended as it should everywhere."""
    try:
        with ending_politely():
            done = demonstrate(progress)
    except TwinlensError as error:
        print_error(explain(error))
        sys.exit(1)
    except KeyboardInterrupt:
        print_error("Interrupted; everything is taken down.")
        sys.exit(130)
    show(done.report)
    console.print("\n" + ", ".join(f"{name}: {seconds(took)}" for name, took in done.phases.items()))
    console.print(f"[bold]The report: {escape(str(done.page))}[/bold]")
    for surprise in done.surprises:
        print_error(surprise)
    sys.exit(1 if done.surprises else 0)


if __name__ == "__main__":
    main()
