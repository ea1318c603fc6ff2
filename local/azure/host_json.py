"""The options of an app's ``host.json`` that the local host supports.

An app setting ``AzureFunctionsJobHost__a__b`` overrides the value at ``a.b``, as on Azure.
Defaults: https://learn.microsoft.com/azure/azure-functions/functions-host-json
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.azure.errors import DeploymentError

OVERRIDE = "AzureFunctionsJobHost__"
SPAN = re.compile(r"(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class QueueOptions:
    """How queues are polled; times in seconds."""

    batch_size: int = 16
    max_dequeue_count: int = 5
    visibility_timeout: float = 0
    max_polling_interval: float = 60
    message_encoding: str = "base64"


@dataclass(frozen=True)
class HostJson:
    """The options in use; ``function_timeout`` in seconds, ``None`` for no limit."""

    function_timeout: float | None = None
    concurrent_activities: int = 4
    concurrent_orchestrations: int = 4
    queues: QueueOptions = field(default_factory=QueueOptions)
    route_prefix: str = "api"

    @classmethod
    def read(cls, folder: Path, settings: Mapping[str, str]) -> HostJson:
        """Read ``host.json`` in ``folder`` and the overrides among the app settings.

        Raises:
            DeploymentError: There is none, or it is not valid.
        """
        try:
            document = json.loads((folder / "host.json").read_text())
        except OSError:
            raise DeploymentError("The package has no host.json at its root.") from None
        except ValueError as error:
            raise DeploymentError(f"The package's host.json is not valid JSON: {error}.") from None
        try:
            return cls._of(_overridden(document, settings))
        except (TypeError, ValueError, AttributeError) as error:
            raise DeploymentError(f"The package's host.json is not valid: {error}.") from None

    @classmethod
    def _of(cls, document: Mapping[str, Any]) -> HostJson:
        extensions = document.get("extensions", {})
        durable = extensions.get("durableTask", {})
        queues = extensions.get("queues", {})
        timeout = document.get("functionTimeout")
        return cls(
            function_timeout=None if timeout in (None, "-1") else seconds(timeout),
            concurrent_activities=int(
                durable.get("maxConcurrentActivityFunctions", cls.concurrent_activities)
            ),
            concurrent_orchestrations=int(
                durable.get("maxConcurrentOrchestratorFunctions", cls.concurrent_orchestrations)
            ),
            queues=QueueOptions(
                batch_size=int(queues.get("batchSize", QueueOptions.batch_size)),
                max_dequeue_count=int(queues.get("maxDequeueCount", QueueOptions.max_dequeue_count)),
                visibility_timeout=seconds(queues.get("visibilityTimeout", "00:00:00")),
                max_polling_interval=seconds(queues.get("maxPollingInterval", "00:01:00")),
                message_encoding=str(queues.get("messageEncoding", QueueOptions.message_encoding)).lower(),
            ),
            route_prefix=str(extensions.get("http", {}).get("routePrefix", cls.route_prefix)),
        )


def seconds(span: str) -> float:
    """Return the seconds of a .NET time span, ``[days.]hours:minutes:seconds``.

    Raises:
        ValueError: The text is not a time span.
    """
    match = SPAN.fullmatch(str(span))
    if match is None:
        raise ValueError(f"{span!r} is not a time span such as '00:05:00'")
    days, hours, minutes, rest = match.groups(default="0")
    return ((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(rest)


def _overridden(document: dict[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    for name, value in settings.items():
        if name.startswith(OVERRIDE):
            *sections, option = name.removeprefix(OVERRIDE).split("__")
            target = document
            for section in sections:
                target = target.setdefault(section, {})
            target[option] = value
    return document
