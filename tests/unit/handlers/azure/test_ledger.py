"""What the Table ledger asks for, and what it makes of races, without a table."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError
from azure.data.tables import TableEntity, TableTransactionError, UpdateMode

from handlers.azure import ledger as module
from handlers.azure.ledger import TableLedger

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class Table:
    """Answers as told and notes what it is asked."""

    table_name = "ledger"

    def __init__(self):
        self.rows = []  # what a look finds, in turn; the last one again and again
        self.races = 0
        self.updates, self.queries, self.transactions = [], [], []
        self.refusals = []

    def create_entity(self, entity, **options):
        raise ResourceExistsError("there")

    def get_entity(self, partition, row):
        return self.rows.pop(0) if len(self.rows) > 1 else self.rows[0]

    def update_entity(self, entity, **options):
        self.updates.append((entity, options))
        if self.races:
            self.races -= 1
            raise ResourceModifiedError("changed")

    def query_entities(self, query, **options):
        self.queries.append((query, options))
        return iter(self.rows)

    def submit_transaction(self, operations):
        self.transactions.append(list(operations))
        if self.refusals:
            error = TableTransactionError(message="no")
            error.status_code = self.refusals.pop(0)
            raise error


def held(job, state="claimed", etag="e1", **more):
    entity = TableEntity(
        {"PartitionKey": job.id[:2], "RowKey": job.id, "id": job.id, "state": state}
        | {"execution": job.execution, "claimed_at": "then", "updated_at": "then"}
        | {"document": json.dumps(job.to_document()), **more}
    )
    entity._metadata = {"etag": etag}
    return entity


@pytest.fixture
def table():
    return Table()


@pytest.fixture
def ledger(table):
    return TableLedger(table)


def test_a_write_that_lost_a_race_looks_again_and_is_made_on_what_it_finds(ledger, table, job):
    table.rows, table.races = [held(job, etag="e1"), held(job, etag="e2")], 1

    assert ledger.record(replace(job, state="succeeded"))

    assert [options["etag"] for _, options in table.updates] == ["e1", "e2"]
    for _, options in table.updates:
        assert options["match_condition"] is MatchConditions.IfNotModified
        assert options["mode"] is UpdateMode.MERGE


def test_a_write_that_lost_a_race_for_good_is_not_made(ledger, table, job):
    table.rows, table.races = [held(job), held(job, state="failed")], 1

    assert not ledger.record(replace(job, state="succeeded"))
    assert len(table.updates) == 1


@pytest.mark.parametrize(
    ("state", "execution", "done"),
    [
        ("claimed", "first", True),
        ("succeeded", "first", True),
        ("failed", "first", False),
        ("released", "first", False),
        ("claimed", "second", False),
    ],
)
def test_a_record_is_for_the_execution_that_holds_an_open_row(ledger, table, job, state, execution, done):
    table.rows = [held(job, state=state, execution=execution)]

    assert ledger.record(replace(job, state="succeeded")) is done
    assert bool(table.updates) is done


@pytest.mark.parametrize("change", ["updated_at", "state", "claimed_at", "document"])
def test_a_row_that_changed_since_it_was_read_is_neither_released_nor_ended(ledger, table, job, change):
    table.rows = [held(job)]
    seen = ledger.get(job.id)
    table.rows = [held(job, **{change: '{"changed": true}'})]

    assert not ledger.release(seen)
    assert not ledger.end(seen, replace(job, state="failed"))
    assert not table.updates


@pytest.mark.parametrize(("state", "claimed"), [("released", True), ("claimed", False), ("failed", False)])
def test_another_execution_claims_what_was_released_and_nothing_else(ledger, table, job, state, claimed):
    table.rows = [held(job, state=state)]

    assert ledger.claim(replace(job, execution="second")) is claimed


def test_open_jobs_are_asked_for_by_state_and_last_change(ledger, table):
    assert not list(ledger.open_before(MOMENT))

    [(query, options)] = table.queries
    assert query == "(state eq 'claimed' or state eq 'released') and updated_at lt @moment"
    assert options["parameters"] == {"moment": "2026-01-01T00:00:00.000Z"}


def test_rows_expire_by_state_and_claim(ledger, table):
    assert ledger.expire(MOMENT, 10) == 0

    [(query, options)] = table.queries
    assert query == "state ne 'claimed' and state ne 'released' and claimed_at lt @moment"
    assert options["parameters"] == {"moment": "2026-01-01T00:00:00.000Z"}


def test_rows_expire_in_batches_of_a_partition_and_only_unchanged_ones(ledger, table, job, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    ids = ["00a", "00b", "00c", "01a", "01b"]
    table.rows = [held(replace(job, id=each), etag=each) for each in ids]

    assert ledger.expire(MOMENT, 4) == 4

    assert [[row["RowKey"] for _, row, _ in batch] for batch in table.transactions] == [
        ["00a", "00b"],
        ["00c"],
        ["01a"],
    ]
    for kind, row, options in (each for batch in table.transactions for each in batch):
        assert kind == "delete"
        assert options == {"etag": row["RowKey"], "match_condition": MatchConditions.IfNotModified}


@pytest.mark.parametrize("status", [404, 412])
def test_a_batch_whose_row_changed_is_left_to_the_next_run(ledger, table, job, status):
    table.rows, table.refusals = [held(replace(job, id=each)) for each in ("00a", "01a")], [status]

    assert ledger.expire(MOMENT, 10) == 1


def test_a_table_that_refuses_to_delete_says_so(ledger, table, job):
    table.rows, table.refusals = [held(job)], [403]

    with pytest.raises(Exception, match="table ledger"):
        ledger.expire(MOMENT, 10)
