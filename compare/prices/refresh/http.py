"""Read JSON over HTTP, with retries after timeouts, throttling and truncated answers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from compare.errors import PriceSourceError

THROTTLED_OR_BROKEN = (429, 500, 502, 503, 504)


class Unreachable(PriceSourceError):
    """The server does not answer or keeps refusing, so there is no point in requesting another list."""


@dataclass
class JsonReader:
    """Reads JSON with decimal numbers.

    An answer may take ``timeout`` seconds. Each URL is tried ``tries`` times with exponential backoff,
    starting at ``backoff`` seconds; a server's Retry-After is followed up to ``longest_wait`` seconds.
    """

    timeout: float = 60
    tries: int = 4
    backoff: float = 1
    longest_wait: int = 120
    _session: requests.Session = field(init=False, repr=False, default_factory=requests.Session)

    def __post_init__(self) -> None:
        retry = Retry(
            total=self.tries - 1,
            backoff_factor=self.backoff,
            status_forcelist=THROTTLED_OR_BROKEN,
            retry_after_max=self.longest_wait,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def get(self, url: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the JSON object at an address.

        Raises:
            Unreachable: The server did not answer any attempt.
            PriceSourceError: The answer is truncated, or is not a JSON object.
        """
        address = f"{url}?{urlencode(parameters)}" if parameters else url
        reason: Exception | None = None
        for attempt in range(self.tries):
            if attempt:
                time.sleep(self.backoff * 2 ** (attempt - 1))
            try:
                response = self._session.get(address, timeout=self.timeout)
                response.raise_for_status()
                document = json.loads(response.content, parse_float=Decimal)
            except (requests.exceptions.ChunkedEncodingError, json.JSONDecodeError) as error:
                reason = error  # the answer was truncated: read it again
                continue
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.RetryError) as error:
                raise Unreachable(f"The price list {url} could not be read: {error}.") from None
            except requests.RequestException as error:
                raise PriceSourceError(f"The price list {url} could not be read: {error}.") from None
            if not isinstance(document, dict):
                raise PriceSourceError(f"The price list {url} is not a JSON object.")
            return document
        raise PriceSourceError(f"The price list {url} was truncated in {self.tries} attempts: {reason}.")
