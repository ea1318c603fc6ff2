"""A blob that was overwritten is told from one whose metadata was set."""

from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.blob import BlobProperties

from core.job import Source
from core.ports import Upload
from handlers.azure.versions import same_content

SECOND = timedelta(seconds=1)
AT = datetime(2026, 1, 1, 12, 0, 7, tzinfo=UTC)  # a blob's times have no fraction of a second
UPLOAD = Upload(Source("input", "incoming/a.jpg", "0x1", 7), (AT + SECOND / 2).isoformat())


def blob(size: int, created: datetime, changed: datetime, **metadata: str) -> BlobProperties:
    found = BlobProperties(metadata=metadata)
    found.size, found.creation_time, found.last_modified = size, created, changed
    return found


@pytest.mark.parametrize(
    ("found", "same"),
    [
        (blob(7, AT, AT + SECOND), True),
        (blob(8, AT, AT + SECOND), False),
        (blob(7, AT + SECOND, AT + SECOND), False),
        (blob(7, AT, AT), False),
        (blob(7, AT, AT, reviewed="yes"), True),
    ],
    ids=["changed later", "of another size", "created later", "at once", "at once, with metadata"],
)
def test_what_was_not_overwritten_has_its_content(found: BlobProperties, same: bool) -> None:
    assert same_content(found, UPLOAD) is same
