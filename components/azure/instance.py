"""One instance of the app: how many activities it runs at once, and how its memory is divided.

The Functions host, one Python worker, and the activities share it. Every activity may hold an upload; what is
left is for pictures, and photos wait for their part of it: see :mod:`core.photo.memory`.
"""

from __future__ import annotations

from dataclasses import dataclass

from components.settings import Settings
from core.deployment.limits import WORKER_MB
from core.deployment.variables import PHOTO_MB, WAIT_SECONDS

# For the host with its extensions, besides the 272 MB that an instance has in addition to its size
# (learn.microsoft.com, "Azure Functions Flex Consumption plan hosting", Instance sizes).
HOST_MB = 256
# An instance has one core for each 2,048 MB, and a photo computes about half of its time.
MB_PER_ACTIVITY = 512
# maxConcurrency limits each group of functions on its own: all of Durable's, and the queue trigger.
FUNCTION_GROUPS = 2
TIMERS = 3  # each is a group with one instance: two of the reconciler, and one that deletes old history
# The default of a subscription for all Flex apps in a region: the same page, Regional subscription quotas.
QUOTA_CORES, MB_PER_CORE = 250, 2048
# The largest part of the memory that uploads may hold.
UPLOADS = 4
# Orchestrations only replay, so many of them share a core.
ORCHESTRATIONS = 10
# The part of a step's time limit that a photo may wait for memory; the rest is for processing it.
WAITING = 3


@dataclass(frozen=True)
class Instance:
    """The concurrency of one instance, and the MB that its photos share."""

    activities: int
    photo_mb: int

    @classmethod
    def of(cls, memory_mb: int, max_bytes: int) -> Instance:
        """Divide an instance of this size between uploads of at most ``max_bytes``."""
        free_mb, upload_mb = memory_mb - HOST_MB - WORKER_MB, -(-max_bytes // 2**20)
        activities = max(1, min(memory_mb // MB_PER_ACTIVITY, free_mb // UPLOADS // upload_mb))
        return cls(activities, free_mb - activities * upload_mb)

    def app_settings(self, timeout_seconds: int) -> dict[str, str]:
        """Return the app settings that keep a worker within its part."""
        return {
            PHOTO_MB: str(self.photo_mb),
            WAIT_SECONDS: str(max(1, timeout_seconds // WAITING)),
            # By default five on one core, so that activities would keep orchestrations waiting.
            "PYTHON_THREADPOOL_THREAD_COUNT": str(self.activities + ORCHESTRATIONS),
        }


def over_quota(settings: Settings) -> str | None:
    """Return a sentence if the app could want more cores than a subscription's default quota for a region."""
    most = FUNCTION_GROUPS * settings.max_concurrency + TIMERS
    cores = most * settings.memory_mb // MB_PER_CORE
    if cores <= QUOTA_CORES:
        return None
    return (
        f"maxConcurrency {settings.max_concurrency} allows {most:,} instances of {settings.memory_mb:,} MB, "
        f"{cores:,} cores; a subscription has {QUOTA_CORES} in a region, unless its quota was raised. "
        "Beyond it photos wait and none fails."
    )


def instance(settings: Settings) -> Instance:
    """Return the instances of an app with these settings."""
    return Instance.of(settings.memory_mb, settings.max_bytes)
