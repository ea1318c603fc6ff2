"""What became of an item follows from its row, and from whether the row's job came before the batch."""

import pytest

from core.batch.items import Item
from core.batch.summary import outcome
from core.job import Source
from core.ledger import OPEN, LedgerRow
from core.ports import Upload

BATCH = "2026-03-01T10:00:00.500000Z"
EARLIER, SAME, LATER = "2026-03-01T10:00:00Z", BATCH, "2026-03-01T10:00:01Z"
ITEM = Item(Upload(Source("photos", "archive/a.jpg", "etag", 1), BATCH), "gallery")


def row(state, uploaded_at, updated_at=EARLIER):
    return LedgerRow(ITEM.id, state, "", updated_at, {"uploaded_at": uploaded_at})


@pytest.mark.parametrize(
    ("state", "uploaded_at", "end"),
    [
        ("succeeded", SAME, "succeeded"),
        ("succeeded", EARLIER, "skipped"),
        ("succeeded", LATER, "succeeded"),  # by a redrive
        ("failed", SAME, "failed"),
        ("failed", EARLIER, "missing"),  # its turn is still to come
        ("failed", LATER, "failed"),
        ("rejected", EARLIER, "missing"),
        ("claimed", EARLIER, "unfinished"),
        ("claimed", SAME, "unfinished"),
        ("failed", "nonsense", "failed"),
    ],
)
def test_an_item_ends_as_its_job_did_unless_that_was_before(state, uploaded_at, end):
    assert outcome(ITEM, row(state, uploaded_at)).end == end


@pytest.mark.parametrize(("decided", "end"), [(EARLIER, "missing"), (LATER, "refused")])
def test_a_decision_counts_for_a_batch_that_was_begun_before_it(decided, end):
    assert outcome(ITEM, row("refused", EARLIER, decided)).end == end


def test_an_item_without_a_row_is_missing():
    assert outcome(ITEM, None).end == "missing"


@pytest.mark.parametrize("state", OPEN)
def test_an_item_that_has_not_ended_says_what_it_waits_for(state):
    found = outcome(ITEM, row(state, SAME))
    assert found.end == "unfinished"
    assert found.reason.startswith(("It ", "An execution "))
