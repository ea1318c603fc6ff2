"""Call Azure's REST APIs, and translate failures into messages that say what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from azure.core import PipelineClient
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline.policies import RetryPolicy, SansIOHTTPPolicy
from azure.core.rest import HttpRequest

from compare.collecting.asking import Unreported

TRIES: dict[str, Any] = {"retry_total": 4, "retry_backoff_factor": 1, "retry_backoff_max": 60}
METHODS = frozenset({"GET", "POST"})  # a POST is a query here, so it is safe to retry


@dataclass
class Rest:
    """One service at ``url``; ``authentication`` signs the requests.

    Throttled and truncated answers are retried after the delay that the service asks for.
    """

    url: str
    authentication: SansIOHTTPPolicy[Any, Any] | Any
    permission: str
    tries: dict[str, Any] = field(default_factory=lambda: dict(TRIES))

    def __post_init__(self) -> None:
        policies = [RetryPolicy(**self.tries), self.authentication]
        self._client: PipelineClient[Any, Any] = PipelineClient(self.url, policies=policies)

    def get(self, path: str, parameters: dict[str, str]) -> dict[str, Any]:
        """Return the JSON object at a path.

        Raises:
            Unreported: It is not permitted, does not exist, or could not be read completely.
        """
        return self._answer(HttpRequest("GET", f"{self.url}{path}", params=parameters))

    def post(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        """Post ``document`` to a path and return the JSON object in the answer; see :meth:`get`."""
        return self._answer(HttpRequest("POST", f"{self.url}{path}", json=document))

    def _answer(self, request: HttpRequest) -> dict[str, Any]:
        try:
            response = self._client.send_request(request, retry_on_methods=METHODS)
            status, text = response.status_code, response.text()
        except ClientAuthenticationError as error:
            raise Unreported(f"Signing in failed: {_first_line(str(error))}") from None
        except AzureError as error:
            raise Unreported(f"{self.url} did not answer: {_first_line(str(error))}", again=True) from None
        if status in (401, 403):
            raise Unreported(f"Not permitted: the caller needs the role {self.permission}.")
        if status == 404:
            raise Unreported("It does not exist, or was deleted.")
        try:
            document = json.loads(text, parse_float=Decimal)
        except json.JSONDecodeError:
            raise Unreported(
                f"{self.url} answered {status} without JSON, or with truncated JSON.", again=True
            ) from None
        if status != 200:
            failure = document.get("error", document) if isinstance(document, dict) else {}
            later = status == 429 or status >= 500
            raise Unreported(f"{self.url} answered {status}: {failure.get('message', text)}", again=later)
        if not isinstance(document, dict):
            raise Unreported(f"{self.url} answered something other than a JSON object.")
        return document


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
