"""The app settings of the scheduled reconciler."""

from __future__ import annotations

from components.settings import Settings
from core.deployment.limits import DAILY
from core.deployment.variables import STUCK_SCHEDULE, UNCLAIMED_SCHEDULE
from core.workflow.photo import PIPELINE


def app_settings(settings: Settings) -> dict[str, str]:
    """Return the settings that schedule the app's timers, or none if the reconciler is disabled."""
    if not settings.reconcile_minutes:
        return {}
    return {
        STUCK_SCHEDULE: f"0 */{settings.reconcile_minutes} * * * *",
        UNCLAIMED_SCHEDULE: DAILY["azure"],
        **settings.reconciler(PIPELINE.timeout_seconds).to_variables(),
    }
