"""Ninety days of ledger are one changed line, which both clouds honour: done so in a copy of the project."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LINE = re.compile(r"^LEDGER_RETENTION = timedelta\(days=\d+\)$", re.MULTILINE)
DAY = 86_400

# What both clouds do with the ledger, and which uploads the reconciler looks at.
RUN = """
import json, re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from components.aws.state_machine.compiler import compile_workflow
from core.recovery import jobs as recovery, schedule
from core.job import Source
from core.memory import MemoryLedger, MemoryNotifier
from core.ports import Upload
from core.workflow.photo import PIPELINE
from handlers.azure.ledger import TableLedger
from handlers.azure.ledger_index import HAS_ENDED

class Table:
    table_name = "ledger"
    def query_entities(self, query, parameters, select):
        if parameters["first"] == HAS_ENDED:
            self.before = datetime.fromisoformat(parameters["last"].removeprefix(HAS_ENDED))
        return iter(())

table, now = Table(), datetime.now(UTC)
schedule.by_schedule(
    recovery.Recovery(TableLedger(table), SimpleNamespace(uploads=list), MemoryNotifier(), "gallery"),
    "unclaimed", timedelta(minutes=20),
)
delivered = []
uploads = [
    Upload(Source("photos", f"{days}.jpg", "e", 1), (now - timedelta(days=days)).isoformat())
    for days in (29, 31, 89, 91)
]
intake = SimpleNamespace(uploads=lambda: uploads, deliver=lambda each: delivered.append(each.source.key))
list(recovery.Recovery(MemoryLedger(), intake, MemoryNotifier(), "gallery").unclaimed(timedelta(), now))
claim = compile_workflow(PIPELINE, 30)["States"]["claim"]["Arguments"]["Item"]
print(json.dumps({
    "module": recovery.__file__,
    "aws": int(re.search(r"/ 1000\\) \\+ (\\d+)", claim)[1]),
    "azure": round((now - table.before).total_seconds() / 86400, 2),
    "delivered": delivered,
}))
"""


@pytest.mark.parametrize(("days", "delivered"), [(30, ["29.jpg"]), (90, ["29.jpg", "31.jpg", "89.jpg"])])
def test_one_line_changes_what_both_clouds_keep(tmp_path, days, delivered):
    for name in ("core", "components", "handlers"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    limits = tmp_path / "core/deployment/limits.py"
    text, changed = LINE.subn(f"LEDGER_RETENTION = timedelta(days={days})", limits.read_text())
    assert changed == 1
    limits.write_text(text)

    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert Path(seen.pop("module")).is_relative_to(tmp_path)
    assert seen == {"aws": days * DAY, "azure": days, "delivered": delivered}
