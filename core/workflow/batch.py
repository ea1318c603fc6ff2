"""The definition of a batch: the photo pipeline for every item, one summary, one notification.

A batch is a job whose source is the list of its items: it has a row in the same ledger, a claim, an end and a
notification like any other.
"""

from __future__ import annotations

from core.workflow.model import (
    TOO_MANY_FAILED,
    Catch,
    Claim,
    Defer,
    Fail,
    Map,
    Notify,
    Record,
    Succeed,
    Summarize,
    Task,
    Workflow,
)
from core.workflow.photo import ANY_ERROR, NOT_SENT, RETRY, finish

# For a page of an interpreted batch, and for a whole compiled one. Durable 1.x splits timers that last longer
# than six days, and then cannot cancel them.
TIMEOUT_SECONDS = 5 * 24 * 3600


def batch_of(pipeline: Workflow) -> Workflow:
    """Return the workflow that runs this one for each item of a batch."""
    return Workflow(
        name=f"batch_of_{pipeline.name}",
        states=(
            Task("claim_batch", Claim(duplicate="duplicate"), retry=RETRY),
            Map("items", pipeline, RETRY, (Catch((TOO_MANY_FAILED,), then="stopped"), ANY_ERROR)),
            Task("summarize", Summarize(), RETRY, (ANY_ERROR,)),
            *finish("succeeded", "success"),
        ),
        endings={
            "stopped": (
                Task("summarize_stopped", Summarize(), RETRY, (ANY_ERROR,)),
                Task("record_stopped", Record("failed", duplicate="duplicate"), retry=RETRY),
                Task("notify_stopped", Notify("error"), retry=RETRY, catch=(NOT_SENT,)),
                Fail("stopped", "BatchStopped", "More items failed than are tolerated."),
            ),
            "failed": finish("failed", "error", Fail("failed", "JobFailed", "The ledger has the reason.")),
            "unsent": (
                Task("defer_notification", Defer(duplicate="duplicate"), retry=RETRY),
                Fail("unsent", "NotificationFailed", "The batch has ended; the reconciler notifies later."),
            ),
            "duplicate": (Succeed("duplicate"),),
        },
        timeout_seconds=TIMEOUT_SECONDS,
        late="failed",
    )
