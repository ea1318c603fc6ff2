"""The JSONata expressions of the compiled state machine, which do what ``core`` does elsewhere.

Each is a plain expression; :func:`embed` puts it into a definition. ``${recipe}`` is filled in at deployment.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.deployment.limits import LEDGER_RETENTION
from core.errors import MESSAGE_CHARACTERS
from core.workflow.notification import FIELDS, REVIEW_FIELDS

INPUT = "$states.input"
ATTEMPT = "$states.context.State.RetryCount + 1"
EXECUTION = "$states.context.Execution.Id"
EVENT = "$states.context.Execution.Input"  # what the execution was started with
NOW = "$now()"
RETENTION_SECONDS = int(LEDGER_RETENTION.total_seconds())


def embed(expression: str) -> str:
    """Return the expression as a definition's value, on one line."""
    return "{% " + " ".join(expression.split()) + " %}"


# From an EventBridge "Object Created" event to a job: see core.job.Job and core.job.job_id. EventBridge,
# unlike S3's own notifications, does not URL-encode the key. The event of a batch's item names its recipe.
JOB_FROM_EVENT = """(
    $recipe := $exists($states.input.recipe) ? $states.input.recipe : "${recipe}";
    $bucket := $states.input.detail.bucket.name;
    $object := $states.input.detail.object;
    $etag := $replace($object.etag, "\\"", "");
    {
        "id": $substring($hash($join([$bucket, $etag, $recipe, $object.key], "\\n"), "SHA-256"), 0, 32),
        "recipe": $recipe,
        "source": {"container": $bucket, "key": $object.key, "etag": $etag, "size": $object.size},
        "execution": $states.context.Execution.Id,
        "uploaded_at": $states.input.time,
        "accepted_at": $states.context.Execution.StartTime,
        "state": "claimed",
        "photo": null,
        "renditions": [],
        "artifacts": [],
        "error": null,
        "trace": [],
        "recipe_table": null
    }
)"""

# The event of a batch has what is in core.job.Batch, too.
BATCH_FROM_EVENT = f'$merge([{JOB_FROM_EVENT}, {{"batch": $states.input.batch}}])'

# From the jobs of parallel branches to one job: see core.job.merge. [..] keeps a list with one item a list.
MERGED = """(
    $jobs := $states.input;
    $merge([$jobs[0], {
        "photo": ($jobs.photo[$type($) = "object"])[0],
        "error": ($jobs.error[$type($) = "object"])[0],
        "renditions": [$distinct([$jobs.renditions])],
        "artifacts": [$distinct([$jobs.artifacts])],
        "trace": [$distinct([$jobs.trace])]
    }])
)"""

# The cause of a Lambda error is JSON with the exception's text; other causes are plain text or missing. Step
# Functions cuts a cause at 32,768 characters, and an expression that cannot be evaluated ends the execution.
# So only a string is parsed, as far as it is whole. JSONata takes a bracket behind a backslash for an escaped
# one, so backslashes, slashes and braces stand here by their numbers.
_TEXT = r"""(?:[^"\x5c]|\x5c(?:["\x5c\x2fbfnrt]|u[0-9a-fA-F]{4}))*"""
_REASON = rf"""(
    $cause := $states.errorOutput.Cause;
    $told := $match($cause ? $cause : "", /^\x7b\s*"errorMessage": *"({_TEXT})/).groups[0];
    $text := $told ? $parse("\"" & $told & "\"") : $cause ? $cause : "The platform gave no reason.";
    $substring($text, 0, {MESSAGE_CHARACTERS})
)"""


def with_error(job: str) -> str:
    """Return the job with the caught error."""
    return f'$merge([{job}, {{"error": {{"name": $states.errorOutput.Error, "message": {_REASON}}}}}])'


def with_state(job: str, state: str) -> str:
    """Return the job in this state."""
    return f'$merge([{job}, {{"state": "{state}"}}])'


def named(suffixes: Iterable[str]) -> str:
    """Return whether the key in the store's event ends in one of the suffixes, in any case.

    It fails if the input is not such an event, so that nothing that cannot be read gets into the ledger.
    """
    known = ", ".join(f'"{suffix}"' for suffix in suffixes)
    return f"""(
        $object := {INPUT}.detail.object;
        $texts := [$object.key, $object.etag, {INPUT}.detail.bucket.name, {INPUT}.time];
        $count($texts[$type($) = "string"]) = 4 and $type($object.size) = "number"
            ? $count([{known}][$substring($lowercase($object.key), -$length($)) = $]) > 0
            : $error("The input is not an event of S3: it needs a bucket, a key, an etag, a size and a time.")
    )"""


def present(field: str) -> str:
    """Return whether the job has something at ``field``."""
    return f"$exists({INPUT}.{field}) and {INPUT}.{field} != null"


def ledger_item(job: str) -> str:
    """Return a job's whole ledger row, in DynamoDB's notation.

    ``open`` puts it into the index of jobs that have not ended: see handlers.aws.ledger.
    """
    return f"""(
        $job := {job};
        {{
            "id": {{"S": $job.id}},
            "state": {{"S": $job.state}},
            "execution": {{"S": $job.execution}},
            "claimed_at": {{"S": {NOW}}},
            "updated_at": {{"S": {NOW}}},
            "uploaded_at": {{"S": $job.uploaded_at}},
            "expires_at": {{"N": $string($floor($toMillis({NOW}) / 1000) + {RETENTION_SECONDS})}},
            "recipe": {{"S": $job.recipe}},
            "container": {{"S": $job.source.container}},
            "key": {{"S": $job.source.key}},
            "open": {{"S": $substring($job.id, 0, 1)}},
            "document": {{"S": $string($job)}}
        }}
    )"""


FLAGGED = f"$count({INPUT}.flags) > 0"
TASK = "$states.context.Task.Token"


def settled(job: str) -> str:
    """Return the job with the decision in the row that was written: see core.review.decisions.settle."""
    return f"""(
        $job := {job};
        $row := $states.result.Attributes;
        $merge([$job, {{
            "state": "claimed",
            "review": $merge([$job.review, {{
                "decision": $row.decision.S,
                "reason": $exists($row.reason) ? $row.reason.S : "",
                "ended_at": {NOW}
            }}])
        }}])
    )"""


def decided(decision: str) -> str:
    """Return whether this was decided about the job."""
    return f'{INPUT}.review.decision = "{decision}"'


def notification(job: str, *, reviewed: bool = False) -> str:
    """Return the text of the job's notification: see core.workflow.notification.message."""
    names = ", ".join(f'"{name}"' for name in (*FIELDS, *(REVIEW_FIELDS if reviewed else ())))
    return f"$string($sift({job}, function($value, $name) {{ $name in [{names}] }}))"
