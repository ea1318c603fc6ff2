"""The Table ledger keeps the ledger's promises."""

import time
import uuid
from dataclasses import replace

import pytest

from core.errors import ObjectMissing
from core.job import Problem
from handlers.azure import clients
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

    entity = table.get_entity(job.id[:2], job.id)
    assert set(entity) == {
        "PartitionKey",
        "RowKey",
        "id",
        "state",
        "execution",
        "claimed_at",
        "updated_at",
        "expires_at",
        "recipe",
        "container",
        "key",
        "document",
    }
    assert entity["key"] == job.source.key
    assert entity["container"] == "uploads"
    assert 29 * 86_400 < entity["expires_at"].value - time.time() <= 30 * 86_400
    assert entity["claimed_at"] == entity["updated_at"]


def test_a_record_changes_state_and_document_only(ledger, table, job):
    ledger.claim(job)
    before = table.get_entity(job.id[:2], job.id)

    done = replace(job, state="rejected", error=Problem("NotAPhoto", "It is a poem."))
    ledger.record(done)

    row = ledger.get(job.id)
    assert (row.id, row.state, row.document) == (job.id, "rejected", done.to_document())
    assert row.claimed_at == before["claimed_at"]
    after = table.get_entity(job.id[:2], job.id)
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
