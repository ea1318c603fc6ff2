"""The function app's own settings, beside those of :mod:`core.workflow.environment`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import SettingsError

CONNECTION = "PHOTOS"  # what the bindings call the account that holds the photos, the queues and the ledger
UPLOADS_QUEUE = "TWINLENS_UPLOADS_QUEUE"
LEDGER_TABLE = "TWINLENS_LEDGER_TABLE"
SUCCESS_QUEUE = "TWINLENS_SUCCESS_QUEUE"
ERROR_QUEUE = "TWINLENS_ERROR_QUEUE"
# When to look for what fell between, as cron expressions with seconds; not set where nobody looks.
STUCK_SCHEDULE = "TWINLENS_STUCK_SCHEDULE"
UNCLAIMED_SCHEDULE = "TWINLENS_UNCLAIMED_SCHEDULE"


@dataclass(frozen=True)
class Settings:
    """Endpoints of the photo account, and the names of what the workflow writes there."""

    blobs: str
    queues: str
    tables: str
    ledger_table: str
    success_queue: str
    error_queue: str

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Settings:
        """Read the app settings.

        Raises:
            SettingsError: One is missing; it is named.
        """

        def text(name: str) -> str:
            if not variables.get(name):
                raise SettingsError(f"The app setting {name} is not set.")
            return variables[name]

        return cls(
            blobs=text(f"{CONNECTION}__blobServiceUri"),
            queues=text(f"{CONNECTION}__queueServiceUri"),
            tables=text(f"{CONNECTION}__tableServiceUri"),
            ledger_table=text(LEDGER_TABLE),
            success_queue=text(SUCCESS_QUEUE),
            error_queue=text(ERROR_QUEUE),
        )
