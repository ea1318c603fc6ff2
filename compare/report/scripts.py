"""The page's scripts and the data they read, with the policy that allows no others."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

from compare.cost.break_even import VOLUMES
from compare.cost.purposes import PURPOSES
from compare.cost.verdict import TEMPLATES
from compare.report.charts import Chart
from compare.report.charts.drawing import library
from compare.report.model import Report

OWN = ("bill.js", "page.js")
READ = 'const data = JSON.parse(document.getElementById("data").textContent);\n'


@dataclass(frozen=True)
class Scripts:
    """The scripts in order, and the data by the id of its element."""

    code: tuple[str, ...]
    data: Mapping[str, str]

    @property
    def elements(self) -> list[str]:
        """Return the elements that hold data and scripts."""
        held = [
            f'<script type="application/json" id="{name}">{text}</script>' for name, text in self.data.items()
        ]
        return [*held, *(f"<script>{each}</script>" for each in self.code)]


def embedded(report: Report, charts: Mapping[str, Chart]) -> Scripts:
    """Return what makes the page interactive; a report without charts needs none."""
    if not charts:
        return Scripts((), {})
    templates = files("compare.report") / "templates"
    own = READ + "".join((templates / name).read_text(encoding="utf-8") for name in OWN)
    data = {
        "model": report.bill_model,
        "labels": [run.label for run in report.runs],
        "images": report.images_per_month,
        "volumes": VOLUMES,
        "words": TEMPLATES,
        "purposes": PURPOSES,
    }
    drawn = {name: {"spec": chart.spec, "scale": chart.scale} for name, chart in charts.items()}
    return Scripts((library(), own), {"data": _text(data), "charts": _text(drawn)})


def policy(scripts: Scripts) -> str:
    """Return the page's Content-Security-Policy: it loads nothing, and runs only these scripts."""
    hashes = [base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in scripts.code]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes) or "'none'"
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}"


def _text(value: Any) -> str:
    """Return JSON that no element can end: file names in it are hostile."""
    text = json.dumps(msgspec.to_builtins(value, str_keys=True), separators=(",", ":"))
    return text.replace("<", "\\u003c")
