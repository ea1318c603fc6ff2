"""What the app needs to ask people for decisions about photos: queues, roles on them, and settings."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.azure.photo_store import PhotoStore
from components.azure.roles import Role
from components.settings import Settings
from core.deployment import variables
from core.deployment.names import DECISIONS, DECISIONS_POISON, NOTIFY_REVIEW


def grants(settings: Settings, photos: PhotoStore) -> dict[str, tuple[Role, pulumi.Input[str]]]:
    """Return the roles: to send questions, and to read and send decisions."""
    if not settings.review_seconds:
        return {}
    roles = {
        NOTIFY_REVIEW: Role.QUEUE_SENDER,
        DECISIONS: Role.QUEUE_CONTRIBUTOR,
        DECISIONS_POISON: Role.QUEUE_CONTRIBUTOR,
    }
    return {queue: (role, photos.queues[queue].id) for queue, role in roles.items()}


def app_settings(settings: Settings, photos: PhotoStore) -> Mapping[str, pulumi.Input[str]]:
    """Return the app settings, or none without review."""
    if not settings.review_seconds:
        return {}
    return {
        variables.REVIEW: settings.review,
        variables.REVIEW_SECONDS: str(settings.review_seconds),
        variables.REVIEW_QUEUE: photos.queues[NOTIFY_REVIEW].name,
        variables.DECISIONS_QUEUE: photos.queues[DECISIONS].name,
    }
