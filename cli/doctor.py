"""``twinlens doctor``: list what is missing on this machine and how to install it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from bench.emulators import extra
from cli.console import Json, print_json, print_table

if TYPE_CHECKING:
    from local.doctor import Finding


def doctor(as_json: Json = False) -> None:
    """List what is missing on this machine; exit with 1 if a requirement is missing."""
    with extra():
        from local.doctor import LOOKS
    findings = [look() for look in LOOKS]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_table(("what", "found", "what to do"), [_row(finding) for finding in findings])
    if any(finding.needed and finding.found is None for finding in findings):
        raise typer.Exit(1)


def _row(finding: Finding) -> tuple[str, str, str]:
    if finding.found is not None:
        return finding.name, f"[green]{finding.found}[/green]", ""
    colour, word = ("red", "missing") if finding.needed else ("yellow", "optional")
    return finding.name, f"[{colour}]{word}[/{colour}]", finding.remedy
