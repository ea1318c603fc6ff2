"""The alerts' and the workbook's queries find what they are about in tables as Application Insights has them.

The lines of jobs that ended are the app's own; each request has an operation of its own, as without
distributed tracing. The queries run on DuckDB.
"""

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb_kql
import pytest

from components.azure import queries
from core.job import Job, Source
from core.workflow.granularity import FUSED, STEPWISE, pipeline_in
from handlers.azure import telemetry
from handlers.azure.telemetry import log_end

START = datetime(2026, 11, 26, 10, tzinfo=UTC)
TABLES = (
    "AppTraces(TimeGenerated timestamp, Message varchar)",
    "AppRequests(TimeGenerated timestamp, Name varchar, Success boolean, DurationMs double,"
    " OperationId varchar, AppRoleInstance varchar)",
    "AppExceptions(TimeGenerated timestamp, OperationName varchar, OuterMessage varchar)",
)
POISONED = "Message has reached MaxDequeueCount of 5. Moving message to queue 'uploads-poison'."
HOST_JSON = Path(telemetry.__file__).parent / "host.json"


class Workspace:
    """A workspace with the app's tables."""

    def __init__(self) -> None:
        self._connection = duckdb_kql.connect()
        for table in TABLES:
            self._connection.execute(f"create table {table}")
        self._requests = 0

    def trace(self, message: str, at: datetime = START) -> None:
        self._connection.execute("insert into AppTraces values (?, ?)", [at.replace(tzinfo=None), message])

    def request(self, name: str, *, fine: bool = True, ms: float = 40, at: datetime = START) -> None:
        self._requests += 1
        row = [at.replace(tzinfo=None), name, fine, ms, f"operation-{self._requests}", "instance-1"]
        self._connection.execute("insert into AppRequests values (?, ?, ?, ?, ?, ?)", row)

    def ask(self, query: str) -> list[dict]:
        answer = duckdb_kql.kql(self._connection, query)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


@pytest.fixture
def run(workspace, caplog, monkeypatch):
    """Record a job: its requests, and what the app logs at its end."""
    caplog.set_level(logging.INFO)

    def record(number, seconds, state="succeeded", *, fine=True, attempts=1):
        ended = START + timedelta(seconds=seconds)
        began = START.isoformat()
        job = Job(f"{number:032}", "gallery", Source("input", "a", "e", 1), f"x{number}", began, began, state)

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return ended

        monkeypatch.setattr(telemetry, "datetime", Clock)
        for name in ("start", "claim", *(step.name for step in pipeline_in(STEPWISE).steps()), "record"):
            workspace.request(name)
        for _ in range(attempts):
            caplog.clear()
            log_end({"ok": job.to_document()})
            for line in caplog.messages:
                workspace.trace(line, ended)
        workspace.request("pipeline", fine=fine)

    return record


def test_slow_jobs_are_found_by_their_whole_time(workspace, run):
    for number in range(20):
        run(number, seconds=3)
    assert workspace.ask(queries.slow(30)) == []
    for number in range(20, 23):
        run(number, seconds=45)
    assert workspace.ask(queries.slow(30)) == [{"p95": 45_000.0}]


def test_a_job_that_was_recorded_twice_counts_once(workspace, run):
    run(1, seconds=4, attempts=2)
    run(2, seconds=5, state="rejected")
    graphs = queries.graphs(pipeline_in(STEPWISE))
    bin_ = START.replace(tzinfo=None)
    assert sorted(workspace.ask(graphs["Jobs"]), key=str) == [
        {"TimeGenerated": bin_, "state": "rejected", "jobs": 1},
        {"TimeGenerated": bin_, "state": "succeeded", "jobs": 1},
    ]
    (times,) = workspace.ask(graphs["Time from start to end (ms)"])
    assert (times["TimeGenerated"], times["p50"], times["p99"]) == (bin_, 4000, 5000)


def test_a_duplicate_did_not_end_and_neither_did_a_record_that_failed(caplog):
    caplog.set_level(logging.INFO)
    log_end({"error": {"name": "StoreUnavailable", "message": "no"}})
    log_end({"ok": {"state": "duplicate"}})
    assert caplog.messages == []


def test_failed_orchestrations_of_both_granularities_are_found(workspace, run):
    run(1, seconds=1)
    assert workspace.ask(queries.failed()) == []
    run(2, seconds=1, state="failed", fine=False)
    workspace.request(pipeline_in(FUSED).name, fine=False)
    assert [each["Name"] for each in workspace.ask(queries.failed())] == ["pipeline", "pipeline_fused"]


def test_a_message_that_became_poison_is_found(workspace, run):
    run(1, seconds=1)
    assert workspace.ask(queries.poisoned()) == []
    workspace.trace(POISONED)
    assert [each["Message"] for each in workspace.ask(queries.poisoned())] == [POISONED]


def test_every_graph_shows_something(workspace, run):
    run(1, seconds=1)
    workspace.request("resize", fine=False)
    for title, query in queries.graphs(pipeline_in(STEPWISE)).items():
        assert workspace.ask(query) or title == "Exceptions"


def test_what_the_queries_read_is_never_sampled_and_always_logged():
    logged = json.loads(HOST_JSON.read_text())["logging"]
    assert set(logged["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")) == {
        "Request",
        "Exception",
        "Trace",
    }
    assert logged["logLevel"]["Host.Results"] == "Information"
    assert logged["logLevel"]["Function.record.User"] == "Information"
