"""What the Table ledger reads and writes, and what it makes of races, on a table in memory."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableEntity, TableTransactionError

from core.deployment.names import SHARDS
from handlers.azure import ledger as module
from handlers.azure import ledger_index as index
from handlers.azure.ledger import TableLedger

LATER = datetime(2100, 1, 1, tzinfo=UTC)


class Table:
    """A table whose transactions are atomic, and which counts what it is asked and what it returns."""

    table_name = "ledger"

    def __init__(self):
        self.entities = {}
        self.versions = 0
        self.queries = self.returned = 0
        self.before_transaction = []  # functions, each called before one transaction
        self.transactions = []

    def get_entity(self, partition, row):
        self.returned += 1
        if (partition, row) not in self.entities:
            raise ResourceNotFoundError("not there")
        return self.entities[partition, row]

    def query_entities(self, query, parameters, select=None):
        self.queries += 1
        first, last = parameters.get("first", parameters.get("after")), parameters["last"]
        for (partition, row), entity in sorted(self.entities.items()):
            found = (
                partition == parameters["shard"] and first <= row < last and row != parameters.get("after")
            )
            if found and entity.get("updated_at", "") < parameters.get("moment", "~"):
                self.returned += 1
                yield entity

    def submit_transaction(self, operations, **options):
        operations = list(operations)
        if self.before_transaction:
            self.before_transaction.pop(0)()
        assert len(operations) <= 100
        assert len({entity["PartitionKey"] for _, entity, *_ in operations}) == 1
        assert len({entity["RowKey"] for _, entity, *_ in operations}) == len(operations)
        after = dict(self.entities)
        for kind, entity, *how in operations:
            self._apply(after, kind, entity, *how)
        self.entities = after
        self.transactions.append(operations)

    def _apply(self, after, kind, entity, how=None):
        key = entity["PartitionKey"], entity["RowKey"]
        held = after.get(key)
        if kind == "create" and held is not None:
            refuse(409)
        if kind in ("update", "delete") and held is None:
            refuse(404)
        if kind == "update":
            assert how["match_condition"] is MatchConditions.IfNotModified
            if how["etag"] != held.metadata["etag"]:
                refuse(412)
        if kind == "delete":
            del after[key]
            return
        self.versions += 1
        after[key] = TableEntity({**(held or {}), **entity})
        after[key]._metadata = {"etag": str(self.versions)}

    def entries(self):
        """Return the row keys of the index without the ids."""
        return sorted(row.rpartition(":")[0] for _, row in self.entities if row.startswith(index.PREFIX))

    def write(self, job_id, **columns):
        """Change a row as somebody else would."""
        key = tuple(index.keys(job_id).values())
        self.versions += 1
        self.entities[key] = TableEntity({**self.entities[key], **columns})
        self.entities[key]._metadata = {"etag": str(self.versions)}


def refuse(status):
    error = TableTransactionError(message="no")
    error.status_code = status
    raise error


@pytest.fixture
def table():
    return Table()


@pytest.fixture
def ledger(table):
    return TableLedger(table)


@pytest.fixture
def many(ledger, job):
    """Have so many jobs end as if one was claimed each minute of 2020; return their ids."""

    def end(count, monkeypatch, state="succeeded"):
        ids = [f"{number % 16:x}{number:031x}" for number in range(count)]
        for number, each in enumerate(ids):
            moment = f"2020-01-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00.000Z"
            monkeypatch.setattr(module, "now", lambda moment=moment: moment)
            ledger.claim(replace(job, id=each))
            ledger.record(replace(job, id=each, state=state))
        return ids

    return end


def test_a_row_has_one_entry_whatever_becomes_of_its_job(ledger, table, job):
    ledger.claim(job)
    assert table.entries() == ["index:open"]
    ledger.record(replace(job, state="failed"))
    claimed = f"index:ended:{ledger.get(job.id).claimed_at}"
    assert table.entries() == [claimed]
    ledger.release(ledger.get(job.id))
    assert table.entries() == ["index:open"]
    ledger.claim(replace(job, execution="second"))
    ledger.end(ledger.get(job.id), replace(job, state="failed"))
    assert table.entries() == ["index:open"], "its notification is still to be sent"
    ledger.sent(ledger.get(job.id))
    assert table.entries() == [f"index:ended:{ledger.get(job.id).claimed_at}"]
    ledger.claim(replace(job, execution="third", uploaded_at="2099-01-01T00:00:00.000Z"))
    assert table.entries() == ["index:open"]
    assert len(table.transactions) == 7


def test_a_write_that_lost_a_race_looks_again_and_is_made_on_what_it_finds(ledger, table, job):
    ledger.claim(job)
    table.before_transaction = [lambda: table.write(job.id, note="changed")]

    assert ledger.record(replace(job, state="succeeded"))
    assert ledger.get(job.id).state == "succeeded"
    assert table.entities[tuple(index.keys(job.id).values())]["note"] == "changed"


def test_a_write_that_lost_a_race_for_good_is_not_made(ledger, table, job):
    ledger.claim(job)
    table.before_transaction = [lambda: table.write(job.id, state="failed")]

    assert not ledger.record(replace(job, state="succeeded"))
    assert len(table.transactions) == 1


def test_an_entry_that_somebody_deleted_keeps_no_job_from_its_end(ledger, table, job):
    ledger.claim(job)
    del table.entities[job.id[0], index.IS_OPEN + job.id]

    assert ledger.record(replace(job, state="succeeded"))
    assert table.entries() == [f"index:ended:{ledger.get(job.id).claimed_at}"]


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
    ledger.claim(replace(job, execution=execution))
    table.write(job.id, state=state)

    assert ledger.record(replace(job, state="succeeded")) is done
    assert len(table.transactions) == 1 + done


@pytest.mark.parametrize("change", ["updated_at", "state", "claimed_at", "document"])
def test_a_row_that_changed_since_it_was_read_is_neither_released_nor_ended(ledger, table, job, change):
    ledger.claim(job)
    seen = ledger.get(job.id)
    table.write(job.id, **{change: '{"changed": true}'})

    assert not ledger.release(seen)
    assert not ledger.end(seen, replace(job, state="failed"))
    assert len(table.transactions) == 1


@pytest.mark.parametrize(("state", "claimed"), [("released", True), ("claimed", False), ("failed", False)])
def test_another_execution_claims_what_was_released_and_nothing_else(ledger, table, job, state, claimed):
    ledger.claim(job)
    table.write(job.id, state=state)

    assert ledger.claim(replace(job, execution="second")) is claimed


def test_the_look_for_open_jobs_reads_nothing_of_those_that_have_ended(ledger, table, job, many, monkeypatch):
    many(500, monkeypatch)
    opened = [replace(job, id=f"{shard}{'f' * 31}") for shard in "05a"]
    for each in opened:
        ledger.claim(each)
    table.queries = table.returned = 0

    assert [row.id for row in ledger.open_before(LATER)] == [each.id for each in opened]
    assert (table.queries, table.returned) == (len(SHARDS), 2 * len(opened))
    assert not list(ledger.open_before(datetime(2020, 1, 1, tzinfo=UTC)))


def test_a_job_that_ends_while_open_ones_are_looked_for_is_left_out(ledger, table, job):
    ledger.claim(job)
    table.write(job.id, state="succeeded")

    assert not list(ledger.open_before(LATER))


def test_expiry_reads_no_more_than_it_deletes_and_the_next_call_goes_on(ledger, table, many, monkeypatch):
    ids = many(700, monkeypatch)
    moment = datetime(2020, 1, 1, 10, tzinfo=UTC)  # 600 were claimed earlier
    deleted = []
    while count := ledger.expire(moment, 250):
        deleted.append((count, table.returned))
        table.returned = 0
    assert [count for count, _ in deleted] == [250, 250, 100]
    assert all(returned <= count + 16 for count, returned in deleted[1:])
    assert [row.id for row in ledger.list()] == sorted(ids[600:])
    assert len(table.entries()) == 100


def test_rows_expire_in_transactions_of_a_partition(ledger, table, many, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    many(5 * 16, monkeypatch)
    table.transactions.clear()

    assert ledger.expire(LATER, 8) == 8

    assert [len(each) for each in table.transactions] == [4, 4, 2, 4, 2]


def test_a_row_whose_job_is_redriven_meanwhile_does_not_expire_and_the_others_do(
    ledger, table, many, monkeypatch
):
    first, *_ = many(33, monkeypatch, "failed")  # the first partition has three
    table.before_transaction = [lambda: ledger.release(ledger.get(first))]

    assert ledger.expire(LATER, 100) == 32
    assert [(row.id, row.state) for row in ledger.list()] == [(first, "released")]


def test_a_table_that_refuses_to_delete_says_so(ledger, table, many, monkeypatch):
    many(1, monkeypatch)
    table.before_transaction = [lambda: refuse(403)]

    with pytest.raises(Exception, match="table ledger"):
        ledger.expire(LATER, 10)


def test_rows_are_listed_after_an_id_in_the_order_of_ids(ledger, table, job, many, monkeypatch):
    ids = sorted(many(40, monkeypatch))

    assert [row.id for row in ledger.list()] == ids
    table.returned = 0
    assert [row.id for row in ledger.list(ids[30])] == ids[31:]
    assert table.returned == 9
    assert json.loads(table.entities["0", ids[0]]["document"])["state"] == "succeeded"
