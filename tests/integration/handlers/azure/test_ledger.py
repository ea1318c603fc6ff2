"""The Table ledger keeps the ledger's promises."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import ObjectMissing
from core.job import Problem
from core.trace import stamp
from handlers.azure import clients
from handlers.azure import ledger as module
from handlers.azure import ledger_index as index
from handlers.azure.ledger import TableLedger


@pytest.fixture
def table(account):
    return clients.tables(account.table).create_table(f"ledger{uuid.uuid4().hex[:12]}")


@pytest.fixture
def ledger(table):
    return TableLedger(table)


def test_a_job_is_claimed_once(ledger, job):
    assert ledger.claim(job)
    assert not ledger.claim(replace(job, execution="second"))


def test_the_same_execution_may_claim_again(ledger, job):
    assert ledger.claim(job)
    assert ledger.claim(job)


def test_a_claim_writes_the_whole_row(ledger, table, job):
    ledger.claim(job)

    entity = table.get_entity(job.id[0], job.id)
    assert set(entity) == {
        "PartitionKey",
        "RowKey",
        "id",
        "state",
        "execution",
        "uploaded_at",
        "claimed_at",
        "updated_at",
        "recipe",
        "container",
        "key",
        "document",
    }
    assert entity["key"] == job.source.key
    assert entity["container"] == "uploads"
    assert entity["claimed_at"] == entity["updated_at"]


def test_a_record_changes_state_and_document_only(ledger, table, job):
    ledger.claim(job)
    before = table.get_entity(job.id[0], job.id)

    done = replace(job, state="rejected", error=Problem("NotAPhoto", "It is a poem."))
    ledger.record(done)

    row = ledger.get(job.id)
    assert (row.id, row.state, row.document) == (job.id, "rejected", done.to_document())
    assert row.claimed_at == before["claimed_at"]
    after = table.get_entity(job.id[0], job.id)
    unchanged = set(before) - {"state", "document", "updated_at"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


def test_a_job_that_nobody_claimed_can_not_be_recorded(ledger, job):
    with pytest.raises(ObjectMissing, match="table ledger"):
        ledger.record(job)


def test_a_row_that_is_not_there_is_none(ledger, job):
    assert ledger.get(job.id) is None


def test_all_rows_are_listed(ledger, job):
    jobs = [replace(job, id=uuid.uuid4().hex) for _ in range(5)]
    for each in jobs:
        ledger.claim(each)

    assert {row.id for row in ledger.list()} == {each.id for each in jobs}


MOMENT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def claimed(ledger, job, monkeypatch):
    """Claim a job so many days before the moment; let it end if a state is given."""

    def claim(days, state="succeeded", job_id=""):
        made = replace(job, id=job_id or uuid.uuid4().hex)
        with monkeypatch.context() as past:
            past.setattr(module, "now", lambda: stamp(MOMENT - timedelta(days=days)))
            ledger.claim(made)
        if state != "claimed":
            ledger.record(replace(made, state=state))
        return made.id

    return claim


@pytest.mark.parametrize("state", ["succeeded", "rejected", "failed"])
def test_a_row_whose_job_ended_expires(ledger, table, claimed, state):
    claimed(0.01, state)

    assert ledger.expire(MOMENT - timedelta(days=1), 10) == 0
    assert ledger.expire(MOMENT, 10) == 1
    assert not list(table.list_entities())
    assert not list(ledger.list())


def test_a_job_that_has_not_ended_keeps_its_row(ledger, claimed):
    claimed(1, "claimed")
    released = claimed(1, "failed")
    ledger.release(ledger.get(released))

    assert ledger.expire(MOMENT, 10) == 0
    assert len(list(ledger.list())) == 2


def test_a_run_deletes_no_more_than_it_may_over_all_partitions(ledger, claimed, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    for number in range(7):
        claimed(1, job_id=f"{number // 5}0{number:030}")

    assert ledger.expire(MOMENT, 6) == 6
    assert ledger.expire(MOMENT, 6) == 1


@pytest.mark.parametrize("meanwhile", ["redriven", "deleted"])
def test_a_row_that_changes_before_it_is_deleted_is_left(ledger, table, claimed, monkeypatch, meanwhile):
    job_id = claimed(1, "failed")
    delete = ledger._delete

    def late(rows):
        if meanwhile == "redriven":
            ledger.release(ledger.get(job_id))
        else:
            table.delete_entity(job_id[0], job_id)
        return delete(rows)

    monkeypatch.setattr(ledger, "_delete", late)

    assert ledger.expire(MOMENT, 10) == 0
    row = ledger.get(job_id)
    assert (row.state if row else "deleted") == {"redriven": "released", "deleted": "deleted"}[meanwhile]


def test_a_write_that_loses_a_race_is_made_again(ledger, table, job, monkeypatch):
    """Something else changes the row between the look and the write, once."""
    ledger.claim(job)
    submit, tries = table.submit_transaction, []

    def raced(operations, **options):
        tries.append(operations)
        if len(tries) == 1:
            table.update_entity({"PartitionKey": job.id[0], "RowKey": job.id, "note": "changed"})
        return submit(operations, **options)

    monkeypatch.setattr(table, "submit_transaction", raced)

    assert ledger.record(replace(job, state="succeeded"))
    assert len(tries) == 2
    assert ledger.get(job.id).state == "succeeded"


def test_an_entry_that_somebody_deleted_keeps_no_job_from_its_end(ledger, table, job):
    ledger.claim(job)
    table.delete_entity(job.id[0], index.IS_OPEN + job.id)

    assert ledger.record(replace(job, state="succeeded"))
    assert not list(ledger.open_before(datetime(2100, 1, 1, tzinfo=UTC)))
