"""Limits, retention and schedules that both clouds honour."""

from __future__ import annotations

from datetime import timedelta

# How long the ledger keeps a job's row. An upload whose row has expired would look as if it never had a job,
# so the reconciler ignores uploads that are older than this. When this is raised, uploads whose rows expired
# under the old value, and that are not yet older than the new one, are processed again.
LEDGER_RETENTION = timedelta(days=30)
# How long renditions under ``work/`` are kept.
WORK_RETENTION_DAYS = 1
# How long undeliverable events are kept: SQS's maximum.
DEAD_LETTER_RETENTION = timedelta(days=14)

# The suffixes of uploads that start a job. They determine nothing else: the format is read from the content.
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif")
DEFAULT_MAX_BYTES = 50 * 2**20
DEFAULT_MAX_PIXELS = 100_000_000

# How long the front door waits for an upload that was asked for.
UPLOAD_SECONDS = 900
# How many calls of the front door wait for a change at once: on AWS of the whole stack, since each holds a
# function; on Azure of an instance, half of what it answers at once.
WAITING_CALLS = 8

# The memory of a Python worker before it opens a picture, in MB.
WORKER_MB = 120

# How long a job may take from its upload. A job that is lost this long after it is not restarted any more.
GIVEN_UP = timedelta(hours=6)

# How long delivery of the store's events is retried before they become dead letters.
DELIVERY = timedelta(days=1)
# Stuck jobs are found by a cheap query, as often as the settings ask. Uploads without a job are
# found by listing all uploads, and exist only if an event was lost: once a day is enough.
DAILY = {
    "aws": "rate(1 day)",
    "azure": "0 17 3 * * *",  # seconds first; not on the hour, when many daily jobs start
}
# When old orchestrations are deleted on Azure Storage, after the reconciler's daily run.
PURGE = "0 47 3 * * *"


def patience(workflow_seconds: int) -> timedelta:
    """Return how long a job may be stuck: as long as its workflow may take, and a little longer."""
    return timedelta(seconds=workflow_seconds, minutes=5)
