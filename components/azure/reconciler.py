"""The app settings of the scheduled reconciler."""

from __future__ import annotations

from components.settings import Settings
from core.deployment.limits import DAILY
from core.deployment.variables import RUN_SECONDS, STUCK_SCHEDULE, UNCLAIMED_SCHEDULE
from core.workflow.photo import PIPELINE

# The part of the app's time limit, which is that of a step, after which a run begins nothing more.
RUNNING = 2 / 3


def app_settings(settings: Settings) -> dict[str, str]:
    """Return the settings that schedule the app's timers, or none if the reconciler is disabled."""
    if not settings.reconcile_minutes:
        return {}
    return {
        STUCK_SCHEDULE: f"0 */{settings.reconcile_minutes} * * * *",
        UNCLAIMED_SCHEDULE: DAILY["azure"],
        RUN_SECONDS: f"{settings.timeout_seconds * RUNNING:.1f}",
        **settings.reconciler(PIPELINE.timeout_seconds).to_variables(),
    }
