"""The report: built once as plain values, then written as HTML, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from compare.folder import RunFolder
from compare.report import html, markdown
from compare.report.build import build
from compare.report.model import Report
from core.files import write_whole
from core.visible import visible_json

__all__ = ["Report", "build", "schema", "to_json", "write"]


def write(report: Report, folders: Sequence[RunFolder], out: Path) -> Path:
    """Write ``report.html``, ``report.md`` and ``report.json`` into ``out``; return the page's path."""
    out.mkdir(parents=True, exist_ok=True)
    page = out / "report.html"
    for path, content in (
        (page, html.render(report, folders)),
        (out / "report.md", markdown.render(report)),
        (out / "report.json", to_json(report)),
    ):
        write_whole(path, content.encode())
    return page


def to_json(report: Report) -> str:
    """Return the report as indented JSON; :func:`schema` describes it."""
    return visible_json(msgspec.json.format(msgspec.json.encode(report)).decode()) + "\n"


def schema() -> dict[str, object]:
    """Return the JSON Schema of ``report.json``."""
    return msgspec.json.schema(Report)
