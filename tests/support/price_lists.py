"""Price lists of the vendors' shape, that agree with the price book."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from compare.errors import PriceSourceError
from compare.prices.book import Meter, Price, PriceBook
from compare.prices.reading import FOLDER, load
from compare.prices.refresh import Outcome, compare
from compare.prices.refresh.aws import GLOBAL, NO_ATTRIBUTES, USAGE_PREFIXES
from compare.prices.refresh.azure import unit_size
from compare.prices.refresh.http import JsonReader
from compare.prices.refresh.lists import PriceLists

PAGE = 3


@dataclass
class Vendor:
    """Both vendors' lists as they stand, and the paths that were asked for."""

    products: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> dict[str, Any] | None:
        """Return the document at a path, as the vendors' servers would."""
        parts = urlsplit(path)
        if parts.path.startswith("/offers/"):
            _, _, _, _, service, _, *region, _ = parts.path.split("/")
            return self.products.get((service, *region))
        query = parse_qs(parts.query)
        wanted = dict(clause.split(" eq ") for clause in query["$filter"][0].split(" and "))
        wanted["type"] = wanted.pop("priceType")
        found = [
            item for item in self.items if all(item[key] == value.strip("'") for key, value in wanted.items())
        ]
        skip = int(query.get("$skip", ["0"])[0])
        link = None
        if skip + PAGE < len(found):
            # The real API's links name its own host and port.
            rest = parts.query.partition("&$skip")[0]
            link = f"https://prices.azure.com:443/api/retail/prices?{rest}&$skip={skip + PAGE}"
        return {
            "BillingCurrency": "USD",
            "Items": found[skip : skip + PAGE],
            "NextPageLink": link,
            "Count": len(found[skip : skip + PAGE]),
        }


@dataclass
class Server:
    """What goes wrong with the next answers: a status with headers, "half", "stall", "html" or "nothing"."""

    url: str = ""
    faults: list[Any] = field(default_factory=list)


@pytest.fixture
def book(tmp_path: Path) -> tuple[PriceBook, Path]:
    """A copy of the price book, to be written to."""
    for name in ("aws.toml", "azure.toml"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return load(tmp_path), tmp_path


@pytest.fixture
def vendor(book: tuple[PriceBook, Path]) -> Vendor:
    """Lists that agree with the price book wherever the book says how to find a meter."""
    made = Vendor()
    for meter in book[0].meters.values():
        for price in meter.prices.values():
            if price.listing:
                (add_items if meter.vendor == "azure" else add_product)(made, meter, price)
    return made


@dataclass
class MemoryReader(JsonReader):
    """Reads the vendor's lists without a connection."""

    vendor: Vendor = field(default_factory=Vendor)

    def get(self, url: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """See :meth:`compare.prices.refresh.http.JsonReader.get`."""
        path = f"{url}?{urlencode(parameters)}" if parameters else url
        self.vendor.asked.append(path)
        document = self.vendor.answer(path)
        if document is None:
            raise PriceSourceError(f"The price list {url} could not be read: 404.")
        read: dict[str, Any] = json.loads(json.dumps(document), parse_float=Decimal)
        return read


@pytest.fixture
def lists(vendor: Vendor) -> PriceLists:
    """The lists, read without a connection."""
    addresses = {"aws": "", "azure": "/api/retail/prices"}
    return PriceLists(date(2026, 11, 23), addresses, MemoryReader(vendor=vendor))


def outcomes(
    book: tuple[PriceBook, Path], lists: PriceLists, prefix: str = "", region: str = ""
) -> dict[str, Outcome]:
    """Compare the book with the lists, by meter and region."""
    found = compare(book[0], lists, [region] if region else [], prefix)
    return {f"{each.meter.name} {each.price.region}": each for each in found}


def only(book: tuple[PriceBook, Path], lists: PriceLists, meter: str, region: str) -> Outcome:
    """Compare one price with the lists."""
    return outcomes(book, lists, meter, region)[f"{meter} {region}"]


def free_quantity(meter: Meter) -> Decimal:
    return meter.allowance.quantity if meter.allowance else Decimal(0)


def add_product(vendor: Vendor, meter: Meter, price: Price, sku: str = "", prefix: int = -1) -> None:
    """Enter a meter into the AWS list of its service and region, in the bulk list's form."""
    listing = price.listing
    service = listing["service"]
    everywhere = listing.get("file") == GLOBAL
    document = vendor.products.setdefault(
        (service,) if everywhere else (service, price.region),
        {
            "formatVersion": "v1.0",
            "offerCode": service,
            "version": "20261101000000",
            "publicationDate": "2026-11-01T00:00:00Z",
            "products": {},
            "terms": {"OnDemand": {}},
        },
    )
    sku = sku or f"SKU{len(document['products'])}"
    attributes = {key: value for key, value in listing.items() if key not in NO_ATTRIBUTES}
    if "usagetype" in attributes and not everywhere:
        attributes["usagetype"] = f"{USAGE_PREFIXES[price.region][prefix]}{attributes['usagetype']}"
    document["products"][sku] = {"sku": sku, "productFamily": "Serverless", "attributes": attributes}
    ends = [f"{tier.start:f}" for tier in price.tiers[1:]] + ["Inf"]
    document["terms"]["OnDemand"][sku] = {
        f"{sku}.JRTCKXETXF": {
            "offerTermCode": "JRTCKXETXF",
            "sku": sku,
            "priceDimensions": {
                f"{sku}.JRTCKXETXF.{number}": {
                    "unit": listing["units"][0],
                    "beginRange": f"{tier.start:f}",
                    "endRange": end,
                    # Ten digits, as the list has them: rounded where the book's own price has more.
                    "pricePerUnit": {"USD": f"{tier.price / meter.per:.10f}"}
                    if not listing.get("rounded")
                    else {"USD": f"{tier.price / meter.per:.8f}00"},
                }
                for number, (tier, end) in enumerate(zip(price.tiers, ends, strict=True))
            },
        }
    }


def add_items(vendor: Vendor, meter: Meter, price: Price) -> None:
    """Enter a meter into the Azure list: free units as a tier of price zero, everything twice."""
    size = unit_size(price.listing["unit"])
    free = free_quantity(meter)
    tiers = [(Decimal(0), Decimal(0))] if free else []
    tiers += [(free + tier.start, tier.price / meter.per) for tier in price.tiers]
    for label in ("US East 2", "East US 2"):
        for start, each in tiers:
            vendor.items.append(
                {
                    "currencyCode": "USD",
                    "tierMinimumUnits": float(start / size),
                    "retailPrice": float(each * size),
                    "unitPrice": float(each * size),
                    "armRegionName": price.listing.get("armRegionName", price.region),
                    "location": label,
                    "effectiveStartDate": "2024-01-01T00:00:00Z",
                    "meterId": meter.name,
                    "productName": price.listing.get("productName", ""),
                    "skuName": price.listing.get("skuName", ""),
                    "meterName": price.listing["meterName"],
                    "serviceName": price.listing["serviceName"],
                    "unitOfMeasure": price.listing["unit"],
                    "type": "Consumption",
                    "isPrimaryMeterRegion": True,
                }
            )
