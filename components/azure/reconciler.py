"""When the app looks for uploads and jobs that fell between."""

from __future__ import annotations

from components.settings import Settings
from components.uploads import SUFFIXES
from core.workflow.photo import PIPELINE

# Not on the hour, when everybody's daily work begins.
DAILY = "0 17 3 * * *"


def app_settings(settings: Settings) -> dict[str, str]:
    """Return the settings that make the app's timers, or none if it is to have none."""
    if not settings.reconcile_minutes:
        return {}
    return {
        "TWINLENS_STUCK_SCHEDULE": f"0 */{settings.reconcile_minutes} * * * *",
        "TWINLENS_UNCLAIMED_SCHEDULE": DAILY,
        **settings.reconciler(SUFFIXES, PIPELINE.timeout_seconds).to_variables(),
    }
