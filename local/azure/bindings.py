"""The functions that an app declares, and the targets of their bindings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.queue import QueueClient

from local.azure.errors import DeploymentError
from local.azure.storage import RETRY_TOTAL, account_of

QUEUE_TRIGGER = "queueTrigger"
TIMER_TRIGGER = "timerTrigger"
HTTP_TRIGGER = "httpTrigger"
HTTP = "http"  # the output of a function with that trigger
ORCHESTRATION_TRIGGER = "orchestrationTrigger"
ACTIVITY_TRIGGER = "activityTrigger"
DURABLE_CLIENT = "durableClient"
SERVED = (
    QUEUE_TRIGGER,
    TIMER_TRIGGER,
    HTTP_TRIGGER,
    HTTP,
    ORCHESTRATION_TRIGGER,
    ACTIVITY_TRIGGER,
    DURABLE_CLIENT,
)
DEFAULT_CONNECTION = "AzureWebJobsStorage"


@dataclass(frozen=True)
class Function:
    """One function as the worker indexed it; ``bindings`` are those of a function.json."""

    id: str
    name: str
    bindings: tuple[Mapping[str, Any], ...]

    @property
    def trigger(self) -> Mapping[str, Any]:
        """The binding that starts the function."""
        return next(each for each in self.bindings if each["type"].endswith("Trigger"))

    @property
    def durable_name(self) -> str:
        """The name by which orchestrations call the function."""
        named = self.trigger.get("orchestration") or self.trigger.get("activity")
        return str(named or self.name)

    @property
    def durable_clients(self) -> tuple[str, ...]:
        """The parameters that are bound to a durable client."""
        return tuple(each["name"] for each in self.bindings if each["type"] == DURABLE_CLIENT)


def check(functions: Iterable[Function]) -> None:
    """Check that this host supports all bindings.

    Raises:
        DeploymentError: A binding's type is not one of :data:`SERVED`; the message names it.
    """
    for function in functions:
        for binding in function.bindings:
            if binding["type"] not in SERVED:
                raise DeploymentError(
                    f"The function {function.name!r} has a binding of the type {binding['type']!r}; "
                    f"the local host serves {', '.join(SERVED)}."
                )


def resolve(text: str, settings: Mapping[str, str]) -> str:
    """Replace names between percent signs with the app settings of these names.

    Raises:
        DeploymentError: A setting is missing; it is named.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in settings:
            raise DeploymentError(f"A binding refers to the app setting {name!r}, which is not set.")
        return settings[name]

    return re.sub(r"%([^%]+)%", value, text)


def queue_client(connection: str, queue: str, settings: Mapping[str, str], key: str) -> QueueClient:
    """Return a client of ``queue`` in the account that the settings under ``connection`` name.

    The settings contain a connection string, or ``<connection>__queueServiceUri`` for an identity, instead of
    which the emulator uses the shared ``key``.

    Raises:
        DeploymentError: Neither is set.
    """
    connection = connection or DEFAULT_CONNECTION
    for name in (f"AzureWebJobs{connection}", connection):
        if name in settings:
            return QueueClient.from_connection_string(settings[name], queue, retry_total=RETRY_TOTAL)
    uri = settings.get(f"{connection}__queueServiceUri", "")
    account = account_of(uri)
    if not account:
        raise DeploymentError(
            f"A binding uses the connection {connection!r}: set {connection} to a connection string or "
            f"{connection}__queueServiceUri to the address of a queue service."
        )
    credential = AzureNamedKeyCredential(account, key)
    return QueueClient(uri.rstrip("/"), queue, credential=credential, retry_total=RETRY_TOTAL)
