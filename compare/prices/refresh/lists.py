"""Look up meters in the vendors' lists, reading each file once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compare.errors import PriceSourceError
from compare.prices.book import Meter, Price
from compare.prices.refresh import aws, azure
from compare.prices.refresh.http import JsonReader, Unreachable
from compare.prices.refresh.listing import Listed

ADDRESSES = {
    "aws": "https://pricing.us-east-1.amazonaws.com",
    "azure": "https://prices.azure.com/api/retail/prices",
}


@dataclass
class PriceLists:
    """The vendors' lists; their URLs can point to a mirror, and ``today`` dates a list without a date."""

    today: date
    addresses: Mapping[str, str] = field(default_factory=lambda: ADDRESSES)
    reader: JsonReader = field(default_factory=JsonReader)
    _read: dict[str, Any] = field(init=False, default_factory=dict)

    def find(self, meter: Meter, price: Price) -> Listed:
        """Return the vendor's listing of a meter in the price's region.

        Raises:
            ListingProblem: The list has no usable price for the meter.
            PriceSourceError: The list cannot be read, or Twinlens cannot read lists of this vendor.
        """
        readers = {"aws": self._aws, "azure": self._azure}
        if meter.vendor not in readers:
            raise PriceSourceError(
                f"The price list of {meter.vendor!r} cannot be read; Twinlens reads {', '.join(readers)}."
            )
        return readers[meter.vendor](self.addresses[meter.vendor], price.listing, price.region)

    def _aws(self, server: str, listing: Mapping[str, Any], region: str) -> Listed:
        service, region = listing["service"], listing.get("file", region)
        url = aws.address(server, service, region)
        document = self._once(url, server, lambda: self.reader.get(url))
        source = aws.source(document, url, service, region)
        name = f"{service.lower()}-{region}-{source.date}"
        return Listed(aws.find(document, listing, region), source, name)

    def _azure(self, server: str, listing: Mapping[str, Any], region: str) -> Listed:
        query = azure.query(listing, region)
        found = self._once(query["$filter"], server, lambda: list(azure.items(self.reader, server, query)))
        source = azure.source(server, region, self.today)
        return Listed(azure.find(found, listing, region), source, f"retail-{region}-{source.date}")

    def _once(self, what: str, server: str, read: Callable[[], Any]) -> Any:
        """Read each item once and remember the result or failure; do not ask an unreachable server again."""
        for known in (what, server):
            if isinstance(self._read.get(known), PriceSourceError):
                raise self._read[known]
        if what not in self._read:
            try:
                self._read[what] = read()
            except Unreachable as error:
                self._read[server] = error
                raise
            except PriceSourceError as error:
                self._read[what] = error
                raise
        return self._read[what]
