"""The command behind ``make demo``: process the samples on emulators of both clouds, and write a report."""

from __future__ import annotations

import sys

from rich.markup import escape

from bench.emulators import extra
from cli.console import console, print_error, progress
from cli.main import explain
from cli.report import show
from core.errors import TwinlensError
from core.signals import ending_politely


def main() -> None:
    """Run the demo; exit with 0 only if every sample ended as expected on every stack."""
    try:
        with extra():
            from bench.demo import demonstrate
            from local.toolchain.progress import seconds
        with ending_politely():
            done = demonstrate(progress)
    except TwinlensError as error:
        print_error(explain(error))
        sys.exit(1)
    except KeyboardInterrupt:
        print_error("Interrupted; stopping the emulators.")
        sys.exit(130)
    show(done.report)
    console.print("\n" + ", ".join(f"{name}: {seconds(took)}" for name, took in done.phases.items()))
    console.print(f"[bold]The report: {escape(str(done.page))}[/bold]")
    for surprise in done.surprises:
        print_error(surprise)
    sys.exit(1 if done.surprises else 0)


if __name__ == "__main__":
    main()
