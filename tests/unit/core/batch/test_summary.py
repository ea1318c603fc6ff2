"""What became of an item follows from its row, and from whether the row's job came before the batch."""

import json
from dataclasses import replace

import pytest

from core.batch import summary
from core.batch.items import Item, to_list
from core.batch.summary import outcome, summarized, summarized_in_parts
from core.job import Batch, Job, Source
from core.ledger import OPEN, LedgerRow
from core.memory import MemoryStore
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


COUNT = 12
BATCH_JOB = Job(
    "b" * 32, "gallery", Source("out", "batches/list.jsonl", "e", 1), "x", BATCH, "", batch=Batch(COUNT, 2, 0)
)


@pytest.fixture
def listed():
    """A store with a list of items, and their rows: two of three have failed."""
    items = [
        replace(ITEM, upload=Upload(Source("photos", f"archive/{at}.jpg", "etag", 1), BATCH))
        for at in range(COUNT)
    ]
    store = MemoryStore({BATCH_JOB.source.key: to_list(items)})
    rows = {each.id: row("failed" if at % 3 else "succeeded", SAME) for at, each in enumerate(items)}
    return store, rows


def in_parts(store, rows, seconds):
    """Return the job with the summary, and the number of calls that it took."""
    made, calls = [], 0
    while not isinstance(made, Job):
        made, calls = (
            summarized_in_parts(BATCH_JOB, store, rows.get, json.loads(json.dumps(made)), seconds),
            calls + 1,
        )
    return made, calls


@pytest.mark.parametrize(("seconds", "calls"), [(0, 3), (600, 1)])
def test_a_summary_is_the_same_in_any_number_of_parts(listed, monkeypatch, seconds, calls):
    monkeypatch.setattr(summary, "READ", 5)
    store, rows = listed
    whole = summarized(BATCH_JOB, store, rows.get)
    told = store.get(whole.artifacts[0].key, 1 << 20)

    assert in_parts(store, rows, seconds) == (whole, calls)
    assert store.get(whole.artifacts[0].key, 1 << 20) == told
    assert json.loads(told)["counts"] == {"succeeded": 4, "failed": 8}


def test_a_part_that_is_made_again_with_fewer_items_takes_no_other_s_place(listed, monkeypatch):
    store, rows = listed
    monkeypatch.setattr(summary, "READ", 5)
    made = summarized_in_parts(BATCH_JOB, store, rows.get, [], 0)
    monkeypatch.setattr(summary, "READ", 4)
    summarized_in_parts(BATCH_JOB, store, rows.get, [], 0)  # whose answer was lost

    job = summarized_in_parts(BATCH_JOB, store, rows.get, made, 600)
    assert json.loads(store.get(job.artifacts[0].key, 1 << 20))["items"] == COUNT
