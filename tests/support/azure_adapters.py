"""What the Azure adapters' tests share."""

import uuid

import pytest

from core.job import Job, Source
from handlers.azure import clients


@pytest.fixture
def job():
    """A new job each time."""
    return Job(
        id=uuid.uuid4().hex,
        recipe="gallery",
        source=Source("uploads", "incoming/a b+c.jpg", "etag", 7),
        execution="first",
        uploaded_at="2026-01-01T00:00:00Z",
        accepted_at="2026-01-01T00:00:01Z",
    )


@pytest.fixture
def unreachable(monkeypatch):
    """An account's endpoint that nobody answers at."""
    monkeypatch.setenv(clients.KEY, "a2V5")
    return "http://127.0.0.1:9/nobody"
