"""What the alerts and the workbook ask the app's telemetry, in the Kusto query language.

Without distributed tracing the requests of one orchestration share no ``OperationId``: every activity, and
every episode of the orchestrator, has one of its own. So what concerns jobs is read from the line that the
app logs for each that ended (:mod:`handlers.azure.telemetry`); ``host.json`` excludes traces from sampling.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.deployment.names import JOB_ENDED, POISON
from core.workflow.granularity import GRANULARITIES, pipeline_in
from core.workflow.model import Workflow

# One row for each job that ended, whichever attempt of recording it was the last.
ENDED = (
    f'AppTraces | where Message startswith "{JOB_ENDED}"'
    f" | extend job = parse_json(substring(Message, {len(JOB_ENDED)}))"
    " | summarize arg_max(TimeGenerated, job) by execution = tostring(job.execution)"
    " | extend state = tostring(job.state), took_ms = todouble(job.took_ms)"
)
BIN = "bin(TimeGenerated, 5m)"


def failed() -> str:
    """Return the query for orchestrations of any variant that failed; a switch leaves some running."""
    names = _listed(pipeline_in(each, reviewed).name for reviewed in (0, 1) for each in GRANULARITIES)
    return f"AppRequests | where Name in ({names}) and Success == false"


def poisoned() -> str:
    """Return the query for the host's warning that it moved a message to the poison queue."""
    return f'AppTraces | where Message has "{POISON}"'


def slow(seconds: int) -> str:
    """Return the query for one row if one job in twenty took longer."""
    return f"{ENDED} | summarize p95 = percentile(took_ms, 95) | where p95 > {seconds * 1000}"


def graphs(workflow: Workflow) -> dict[str, str]:
    """Return the workbook's queries, by the title of their graph."""
    of_steps = f"AppRequests | where Name in ({_listed(step.name for step in workflow.steps())})"
    return {
        "Jobs": f"{ENDED} | summarize jobs = count() by {BIN}, state",
        "Time from start to end (ms)": (
            f"{ENDED} | summarize p50 = percentile(took_ms, 50), p95 = percentile(took_ms, 95),"
            f" p99 = percentile(took_ms, 99) by {BIN}"
        ),
        "Time of each step, p95 (ms)": f"{of_steps} | summarize percentile(DurationMs, 95) by {BIN}, Name",
        "Running at the same time": f"{of_steps} | summarize instances = dcount(AppRoleInstance) by {BIN}",
        "Errors of the steps": f"{of_steps} | where Success == false | summarize count() by {BIN}, Name",
        "Exceptions": (
            "AppExceptions | project TimeGenerated, OperationName, OuterMessage"
            " | order by TimeGenerated desc | take 100"
        ),
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{each}"' for each in names)
