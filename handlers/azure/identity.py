"""The app's managed identity, as the platform's endpoint beside each worker vouches for it.

azure-identity asks the same endpoint the same question. But to import it takes a tenth of a worker's start:
it brings every other way to sign in along, certificates and all.
"""

from __future__ import annotations

import os
import time
from typing import Any

from azure.core import PipelineClient
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import RetryPolicy
from azure.core.rest import HttpRequest, HttpResponse

from core.errors import SettingsError

ENDPOINT = "IDENTITY_ENDPOINT"
HEADER = "IDENTITY_HEADER"
VERSION = "2019-08-01"
AHEAD_SECONDS = 300  # a token is replaced that much before it expires, as the SDK's clients want it


class ManagedIdentity:
    """A user-assigned identity; see :class:`azure.core.credentials.TokenCredential`.

    The protocol: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference.
    """

    def __init__(self, client_id: str, tries: dict[str, Any]) -> None:
        """Take who the app is, and the options of the client that asks.

        Raises:
            SettingsError: This is no place where an app has an identity.
        """
        for name in (ENDPOINT, HEADER):
            if not os.environ.get(name):
                raise SettingsError(f"The platform gives this app no identity: {name} is not set.")
        self._endpoint = os.environ[ENDPOINT]
        self._headers = {"X-IDENTITY-HEADER": os.environ[HEADER]}
        self._client_id = client_id
        self._client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(
            self._endpoint, policies=[RetryPolicy(**tries)], **tries
        )
        self._tokens: dict[str, AccessToken] = {}

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token for the one scope, such as ``https://storage.azure.com/.default``.

        Raises:
            HttpResponseError: The endpoint gives none.
            AzureError: It can't be reached.
        """
        (scope,) = scopes
        held = self._tokens.get(scope)
        # A service that asks for further claims has refused the token that is held.
        if held is None or held.expires_on - time.time() < AHEAD_SECONDS or options.get("claims"):
            held = self._tokens[scope] = self._ask(scope.removesuffix("/.default"))
        return held

    def _ask(self, resource: str) -> AccessToken:
        asked = {"api-version": VERSION, "resource": resource, "client_id": self._client_id}
        request = HttpRequest("GET", self._endpoint, params=asked, headers=self._headers)
        response = self._client.send_request(request)
        if response.status_code != 200:
            raise HttpResponseError(f"no token for {resource}: {response.text()}", response=response)
        token = response.json()
        return AccessToken(token["access_token"], int(token["expires_on"]))
