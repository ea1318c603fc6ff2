from dataclasses import replace

import pytest

from core.errors import ObjectMissing, Superseded, TooManyBytes
from core.job import Job, Source
from core.memory import MemoryLedger, MemoryNotifier, MemoryStore
from core.ports import Upload


def test_a_store_returns_what_was_put() -> None:
    store = MemoryStore({"a": b"old"})
    store.put("a", b"new", "image/png")
    assert store.get("a", 3) == b"new"
    assert store.content_types["a"] == "image/png"


def test_a_store_refuses_what_is_missing_or_too_large() -> None:
    store = MemoryStore({"a": b"1234"})
    with pytest.raises(ObjectMissing, match="'b'"):
        store.get("b", 10)
    with pytest.raises(TooManyBytes, match="4 bytes; at most 3"):
        store.get("a", 3)


def test_a_store_returns_no_other_version_than_the_upload_s() -> None:
    store = MemoryStore({"a": b"new"})
    store.etags["a"] = "second"
    assert store.get("a", 3, Upload(Source("c", "a", "second", 3), "now")) == b"new"
    with pytest.raises(Superseded, match="'a' before this one was read"):
        store.get("a", 3, Upload(Source("c", "a", "first", 3), "now"))


def test_a_job_is_claimed_by_one_execution_only(job: Job) -> None:
    ledger = MemoryLedger()
    assert ledger.claim(job)
    assert ledger.claim(job), "a retried claim is no duplicate"
    assert not ledger.claim(replace(job, execution="x2"))


def test_a_ledger_keeps_the_last_record(job: Job) -> None:
    ledger = MemoryLedger()
    assert ledger.get(job.id) is None
    ledger.claim(job)
    ledger.record(replace(job, state="succeeded"))
    row = ledger.get(job.id)
    assert row is not None
    assert (row.state, row.document["state"]) == ("succeeded", "succeeded")
    assert row.updated_at >= row.claimed_at
    assert list(ledger.list()) == [row]


def test_a_job_ends_once(job: Job) -> None:
    ledger = MemoryLedger()
    ledger.claim(job)
    assert ledger.record(replace(job, state="succeeded"))
    assert ledger.record(replace(job, state="succeeded")), "a retried record is harmless"
    assert not ledger.record(replace(job, state="failed"))
    assert not ledger.record(replace(job, state="succeeded", execution="x2"))


def test_only_a_claimed_job_can_be_recorded(job: Job) -> None:
    with pytest.raises(ObjectMissing, match=job.id):
        MemoryLedger().record(job)


def test_a_released_job_is_the_next_execution_s(job: Job) -> None:
    ledger = MemoryLedger()
    ledger.claim(job)
    row = ledger.get(job.id)
    assert row is not None
    assert ledger.release(row)
    assert not ledger.release(row), "it changed since it was read"
    assert not ledger.record(replace(job, state="succeeded")), "the execution that lost it comes too late"
    assert ledger.claim(replace(job, execution="x2"))
    assert not ledger.claim(replace(job, execution="x3"))


def test_a_notifier_keeps_what_it_announced(job: Job) -> None:
    notifier = MemoryNotifier()
    notifier.publish("success", job)
    [(topic, message)] = notifier.published
    assert topic == "success"
    assert message["id"] == job.id
    assert "trace" not in message
