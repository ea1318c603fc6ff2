"""Names of deployed resources that several parts of the project use."""

from __future__ import annotations

from typing import Literal

# The suffix of stacks that run on the emulators.
LOCAL_SUFFIX = "-local"
# The variable with the path of the file that describes the running emulators.
LOCAL_VARIABLE = "TWINLENS_LOCAL"

# The DynamoDB table. The index holds the jobs that have not ended; its hash key is the first digit of the
# job's id, to spread bursts over partitions. A row without that attribute is not in the index.
LEDGER_KEY = "id"
OPEN_INDEX = "open"
OPEN_INDEX_KEYS = ("open", "updated_at")
SHARDS = "0123456789abcdef"
EXPIRES_AT = "expires_at"  # when DynamoDB may delete the row, in seconds since 1970

# The Azure storage account with the photos.
INPUT = "input"
OUTPUT = "output"
LEDGER = "ledger"
TICKETS = "tickets"  # of the front door
UPLOADS = "uploads"
POISON_SUFFIX = "-poison"  # as the Functions host appends it: learn.microsoft.com, "Queue trigger"
POISON = UPLOADS + POISON_SUFFIX
TOPICS = {"success": "notify-success", "error": "notify-error"}
NOTIFY_REVIEW = "notify-review"
DECISIONS = "decisions"  # the ids of jobs about which a person has decided
DECISIONS_POISON = DECISIONS + POISON_SUFFIX
# The Azure storage account with the app's state.
PACKAGES = "packages"
UNDELIVERED = "undelivered"

# The object in the output container with a look of the reconciler on Azure that goes on in its next run.
LOOK = "work/reconciler/look"

# What begins the line that the app on Azure logs for each job that ended.
JOB_ENDED = "Job ended: "

# What the two scheduled runs of the reconciler look for.
STUCK: Literal["stuck"] = "stuck"
UNCLAIMED: Literal["unclaimed"] = "unclaimed"
# The function that deletes the history of old orchestrations on Azure.
PURGE_HISTORY = "purge_history"
# The function that serves the review page on Azure, and its path under /api.
REVIEW_PAGE = "review_page"

# Photos under this prefix start no job: they wait for a batch.
ARCHIVE = "archive/"


def functions_url(host: str) -> str:
    """Return the address of a function app's HTTP functions: its host is on this machine in a local stack."""
    return f"{'http' if host.startswith('127.0.0.1:') else 'https'}://{host}/api"
