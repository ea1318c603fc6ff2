"""Times to ask about."""

from datetime import UTC, datetime, timedelta

import pytest

from compare.collecting.asking import Window


@pytest.fixture
def window() -> Window:
    """Three minutes of a run long ago."""
    began = datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC)
    return Window(began, began + timedelta(minutes=2, seconds=10))
