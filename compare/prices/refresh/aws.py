"""The AWS bulk price list: one public JSON file per service and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from compare.errors import PriceSourceError
from compare.prices.book import Source, Tier
from compare.prices.refresh.listing import Listing, ListingProblem, normalise, only

# Some usage types begin with a region's code. Removing everything before the first hyphen would confuse
# "IA-TimedStorage-ByteHrs" with "TimedStorage-ByteHrs".
USAGE_PREFIXES = {"us-east-1": ("", "USE1-"), "eu-west-1": ("EU-", "EUW1-")}
# Keys of a meter's listing that are not product attributes.
NO_ATTRIBUTES = frozenset({"service", "units", "rounded", "file"})
# The listings of services at the edge are in a file without a region; their usage types name the edge's.
GLOBAL = "global"


def address(base: str, service: str, region: str) -> str:
    """Return the URL of the price list of a service in a region, or of all its regions."""
    part = "" if region == GLOBAL else f"{region}/"
    return f"{base.rstrip('/')}/offers/v1.0/aws/{service}/current/{part}index.json"


def source(document: Mapping[str, Any], url: str, service: str, region: str) -> Source:
    """Return the list as a source, with the date it was published.

    Raises:
        PriceSourceError: The file has no publication date, so it is not a price list.
    """
    try:
        published = datetime.fromisoformat(document["publicationDate"]).date()
    except (KeyError, TypeError, ValueError):
        raise PriceSourceError(f"The price list {url} does not say when it was published.") from None
    return Source(f"AWS bulk price list, {service}, {region}", url, published)


def find(document: Mapping[str, Any], listing: Mapping[str, Any], region: str) -> Listing:
    """Find a meter in a price list.

    Raises:
        ListingProblem: The meter is missing, its unit changed, or the list has several prices for it.
        PriceSourceError: The region's usage types are not known, or the file has an unknown form.
    """
    prefixes = ("",) if region == GLOBAL else USAGE_PREFIXES.get(region)
    if prefixes is None:
        raise PriceSourceError(
            f"The prefix of usage types in {region} is not known; add it to compare/prices/refresh/aws.py."
        )
    try:
        return only(_listings(document, listing, prefixes))
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise PriceSourceError(f"The list of {listing['service']} has an unknown form: {error}.") from None


def _listings(
    document: Mapping[str, Any], listing: Mapping[str, Any], prefixes: tuple[str, ...]
) -> Iterator[Listing]:
    for sku, product in document["products"].items():
        if _matches(product["attributes"], listing, prefixes):
            dimensions = [
                dimension
                for term in document["terms"]["OnDemand"].get(sku, {}).values()
                for dimension in term["priceDimensions"].values()
            ]
            if dimensions:
                yield normalise(_tier(dimension, listing["units"]) for dimension in dimensions)


def _matches(attributes: Mapping[str, str], listing: Mapping[str, Any], prefixes: tuple[str, ...]) -> bool:
    wanted: dict[str, tuple[str, ...]] = {
        key: (value,) for key, value in listing.items() if key not in NO_ATTRIBUTES
    }
    if "usagetype" in listing:
        wanted["usagetype"] = tuple(f"{prefix}{listing['usagetype']}" for prefix in prefixes)
    return all(attributes.get(key) in values for key, values in wanted.items())


def _tier(dimension: Mapping[str, Any], units: list[str]) -> Tier:
    if dimension["unit"] not in units:
        raise ListingProblem("unit changed", f"its unit is {dimension['unit']!r}, not {' or '.join(units)}")
    return Tier(Decimal(dimension["beginRange"]), Decimal(dimension["pricePerUnit"]["USD"]))
