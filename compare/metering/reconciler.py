"""The usage of the scheduled reconciler: a search for stuck jobs often, and one for lost uploads daily."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from compare.billing import aws_lambda, cloudwatch, functions_flex, log_analytics
from compare.billing.reading import HOURS_PER_MONTH, MB_PER_GB, MS_PER_SECOND, MeterReading, present
from compare.metering import assumptions
from compare.metering.assumptions import Bound
from compare.metering.stack import Stack, telemetry_of
from core.deployment.names import SHARDS

MONTH_MINUTES = HOURS_PER_MONTH * 60
DAYS = HOURS_PER_MONTH / 24
KB = Decimal(1024)
# As components.aws.reconciler deploys it; a test compares the numbers.
LAMBDA_MB = Decimal(256)
LOG_EVENTS = 3  # START, END and REPORT; the handler's own line is as long as one of them
EVENTUAL_UNITS = Decimal("0.5")  # of a query or scan, for up to 4 KB
READ_KB = 4
# The largest pages of the services.
LISTED_BY_S3 = 1000
LISTED_BY_BLOB = 5000
ROWS_OF_TABLE = 1000
ROWS_DELETED = 50  # as handlers.azure.ledger deletes them; a batch is one operation


def on_aws(stack: Stack, rows: int, uploads: int, bound: Bound) -> tuple[MeterReading, ...]:
    """Return a month's usage with ``rows`` in the ledger and ``uploads`` in the bucket.

    A search for stuck jobs queries each shard of the index. The daily one lists the uploads, and scans the
    ledger if there are any.
    """
    stuck, daily = _runs(stack)
    runs = stuck + daily
    seconds = runs * assumptions.RECONCILE_MS.at(bound) / MS_PER_SECOND
    row_kb = (assumptions.ROW_BYTES.value + assumptions.DOCUMENT_BYTES.value) / KB
    scanned = daily * rows * row_kb / READ_KB * EVENTUAL_UNITS
    line_bytes = Decimal(assumptions.LOG_BYTES.value) / LOG_EVENTS
    what = f"{runs:,.0f} runs of the reconciler"
    return present(
        MeterReading("aws.lambda.requests", runs, what),
        MeterReading(
            f"aws.lambda.gb_seconds.{stack.architecture}",
            aws_lambda.gb_seconds(seconds, LAMBDA_MB),
            f"{what} x {assumptions.RECONCILE_MS.at(bound):,} ms x {LAMBDA_MB:,} MB / 1,024",
        ),
        MeterReading(
            "aws.dynamodb.read_units",
            stuck * len(SHARDS) * EVENTUAL_UNITS + scanned,
            f"{what}: {len(SHARDS)} queries of half a unit each, and daily scans of {rows:,} rows",
        ),
        MeterReading(
            "aws.s3.put_requests",
            daily * _pages(uploads, LISTED_BY_S3),
            f"{what}: daily lists of {uploads:,} uploads",
        ),
        MeterReading("aws.cloudwatch.log_gb", cloudwatch.log_gb(runs * (LOG_EVENTS + 1), line_bytes), what),
    )


def on_azure(stack: Stack, rows: int, uploads: int, bound: Bound) -> tuple[MeterReading, ...]:
    """Return a month's usage with ``rows`` in the ledger and ``uploads`` in the container.

    Every search asks each partition of the ledger for open jobs and for expired rows, which are deleted in
    batches; the daily one reads all rows, too.
    """
    stuck, daily = _runs(stack)
    runs = stuck + daily
    each_ms = functions_flex.billed_ms(Decimal(assumptions.RECONCILE_MS.at(bound)))
    what = f"{runs:,.0f} runs of the reconciler"
    deleted = _pages(rows, ROWS_DELETED) if runs else Decimal(0)
    return present(
        MeterReading("azure.functions.flex.executions", runs, what),
        MeterReading(
            "azure.functions.flex.gb_seconds",
            runs * each_ms / MS_PER_SECOND * stack.memory_mb / MB_PER_GB,
            f"{what} x {each_ms:,} ms x {stack.memory_mb:,} MB / 1,024",
        ),
        MeterReading(
            "azure.table.operations",
            runs * 2 * len(SHARDS) + daily * _pages(rows, ROWS_OF_TABLE) + deleted,
            f"{what}: 2 x {len(SHARDS)} queries of the index, daily ones and deletions of {rows:,} rows",
        ),
        MeterReading("azure.blob.read_operations", runs, f"{what}, which ask for a look to go on with"),
        MeterReading(
            "azure.blob.write_operations",
            daily * _pages(uploads, LISTED_BY_BLOB),
            f"{what}: daily lists of {uploads:,} uploads",
        ),
        MeterReading(
            "azure.monitor.log_gb",
            log_analytics.log_gb(runs, Decimal(telemetry_of(stack).at(bound))),
            what,
        ),
    )


def _runs(stack: Stack) -> tuple[Decimal, Decimal]:
    """Return the number of searches a month for stuck jobs and for lost uploads."""
    if not stack.reconcile_minutes:
        return Decimal(0), Decimal(0)
    return MONTH_MINUTES / stack.reconcile_minutes, DAYS


def _pages(entries: int, page: int) -> Decimal:
    """Return the number of requests that list the entries, at least one."""
    return max(Decimal(1), (Decimal(entries) / page).to_integral_value(rounding=ROUND_CEILING))
