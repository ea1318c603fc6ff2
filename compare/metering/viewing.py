"""The usage of looking at results: through the CDN, or at signed addresses of the store.

A view fetches one result. How often that happens is for the user to say: no trace contains it.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing import azure_front_door, cloudfront, cloudwatch, log_analytics
from compare.billing.reading import HOURS_PER_MONTH, SECONDS_PER_HOUR, MeterReading, plain, present
from compare.billing.transfer import Cloud, internet
from compare.metering import assumptions
from compare.metering.assumptions import Assumption, Bound
from compare.metering.stack import Stack

VIEWS = 10  # of one photo's results, unless the user says otherwise
GB = Decimal(1024**3)
# As components.azure.cdn deploys it; a test compares the numbers.
ORIGINS = 2
PROBE_SECONDS = 255
ORIGIN_BYTES = Decimal(2_000)  # of a request to the store: its headers, with a token


def assumed(views: int) -> Assumption:
    """Return what is assumed about views, for whoever reads a bill."""
    return Assumption(
        "views of one photo's results, each of which fetches one of them",
        views,
        "Nobody but you can know: --views-per-photo says it. Only a front door shows results to others.",
    )


def on_aws(stack: Stack, views: Decimal, each_bytes: Decimal, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the usage of ``views`` of results that have ``each_bytes`` on average."""
    gb, what = views * each_bytes / GB, _words(views, each_bytes)
    if not stack.cdn:
        return _from_store(stack, "aws.s3.get_requests", views, gb, what)
    missed = views * assumptions.CACHE_MISSES.at(bound) / 100
    return present(
        *cloudfront.distribution(requests=views, gb=gb),
        MeterReading("aws.s3.get_requests", missed, f"{what}: fetched by the CDN"),
        MeterReading("aws.waf.requests", views * stack.waf, what),
        MeterReading(
            "aws.cloudwatch.log_gb", cloudwatch.log_gb(views, _logged(stack, bound)), f"{what}: access log"
        ),
    )


def on_azure(stack: Stack, views: Decimal, each_bytes: Decimal, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the usage of ``views`` of results that have ``each_bytes`` on average."""
    gb, what = views * each_bytes / GB, _words(views, each_bytes)
    if not stack.cdn:
        return _from_store(stack, "azure.blob.read_operations", views, gb, what)
    missed = views * assumptions.CACHE_MISSES.at(bound) / 100
    return present(
        *azure_front_door.profile(
            hours=Decimal(0), requests=views, gb=gb, origin_gb=missed * ORIGIN_BYTES / GB
        ),
        MeterReading("azure.blob.read_operations", missed, f"{what}: fetched by the CDN"),
        MeterReading(
            "azure.monitor.log_gb", log_analytics.log_gb(views, _logged(stack, bound)), f"{what}: access log"
        ),
    )


def probes(stack: Stack, bound: Bound) -> tuple[MeterReading, ...]:
    """Return a month's probes of Front Door's origins, the page and the results; they have no switch."""
    each = HOURS_PER_MONTH * SECONDS_PER_HOUR / PROBE_SECONDS
    edges = assumptions.EDGES.at(bound) * stack.cdn
    return present(
        MeterReading(
            "azure.blob.read_operations",
            edges * ORIGINS * each,
            f"{edges} edges x {ORIGINS} origins x a probe in {PROBE_SECONDS} s",
        )
    )


def _logged(stack: Stack, bound: Bound) -> Decimal:
    return Decimal(assumptions.CDN_OF[stack.cloud][0].at(bound))


def _from_store(stack: Stack, meter: str, views: Decimal, gb: Decimal, what: str) -> tuple[MeterReading, ...]:
    cloud: Cloud = "aws" if stack.cloud == "aws" else "azure"
    return present(MeterReading(meter, views, what), *internet(cloud=cloud, gb=gb))


def _words(views: Decimal, each_bytes: Decimal) -> str:
    return f"{plain(views)} views of results x {each_bytes:,.0f} bytes"
