"""The Azure Retail Prices API: public filtered queries with paged answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from compare.errors import PriceSourceError
from compare.prices.book import Source, Tier
from compare.prices.refresh.http import JsonReader
from compare.prices.refresh.listing import Listing, ListingProblem, normalise, only

API_VERSION = "2023-01-01-preview"
MOST_PAGES = 50
# Only US dollars: in other currencies the API rounds prices below a cent to zero.
CURRENCY = "USD"
MULTIPLES = {"": Decimal(1), "K": Decimal(1_000), "M": Decimal(1_000_000)}


# The fields of one query; the answer contains the product's other meters too.
QUERIED = ("serviceName", "productName", "armRegionName")


def query(listing: Mapping[str, str], region: str) -> dict[str, str]:
    """Return the query for a meter's product in one region; values are case-sensitive.

    A listing that names a region is not listed by the regions of Azure: Front Door has zones.
    """
    wanted = {"armRegionName": region, "priceType": "Consumption"}
    wanted |= {key: listing[key] for key in QUERIED if key in listing}
    return {
        "api-version": API_VERSION,
        "currencyCode": f"'{CURRENCY}'",
        "$filter": " and ".join(f"{key} eq '{value}'" for key, value in wanted.items()),
    }


def items(reader: JsonReader, base: str, parameters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the items of all pages; all pages are read from ``base``, whichever host their links name.

    Raises:
        PriceSourceError: A page cannot be read, has an unknown form, or there are too many pages.
    """
    for _ in range(MOST_PAGES):
        page = reader.get(base, parameters)
        found = page.get("Items")
        if not isinstance(found, list):
            raise PriceSourceError(f"The price list {base} answered without any items.")
        yield from found
        link = page.get("NextPageLink")
        if not link:
            return
        parameters = dict(parse_qsl(urlsplit(link).query))
    raise PriceSourceError(f"The price list {base} has more than {MOST_PAGES} pages for one product.")


def source(base: str, region: str, today: date) -> Source:
    """Return the API as a source, with the date of reading since the API states none."""
    return Source(f"Azure Retail Prices API, {region}", f"{base}?$filter=armRegionName eq '{region}'", today)


def find(found: list[dict[str, Any]], listing: Mapping[str, str], region: str) -> Listing:
    """Find a meter in the answer; the API repeats items for each label of a location.

    Raises:
        ListingProblem: The meter is missing, its unit changed, or there are several prices for it.
    """
    wanted = {"armRegionName": region, **listing, "type": "Consumption", "currencyCode": CURRENCY}
    unit = wanted.pop("unit")
    matching = [item for item in found if all(item.get(key) == value for key, value in wanted.items())]
    other_units = {str(item.get("unitOfMeasure")) for item in matching} - {unit}
    if other_units:
        raise ListingProblem("unit changed", f"its unit is {' or '.join(sorted(other_units))}, not {unit}")
    size = unit_size(unit)
    tiers = [_tier(item, size) for item in matching]
    return only([normalise(tiers)] if tiers else [])


def unit_size(unit: str) -> Decimal:
    """Return the number of units in a unit of measure such as "10K", "1 Hour" or "1M"."""
    match = re.match(r"(\d+)([KM]?)\b", unit)
    if not match:
        raise ListingProblem("unit changed", f"its unit {unit!r} does not begin with a number")
    return Decimal(match[1]) * MULTIPLES[match[2]]


def _tier(item: Mapping[str, Any], size: Decimal) -> Tier:
    try:
        return Tier(Decimal(item["tierMinimumUnits"]) * size, Decimal(item["retailPrice"]) / size)
    except (KeyError, TypeError, ArithmeticError) as error:
        raise PriceSourceError(f"An item of the Azure price list has an unknown form: {error}.") from None
