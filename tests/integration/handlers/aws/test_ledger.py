"""The DynamoDB ledger as the command line reads it."""

import json

import boto3
import pytest

from core.errors import StoreError
from core.ledger import LedgerRow
from handlers.aws.ledger import DynamoLedger


def item(job_id, state="succeeded"):
    return {
        "id": {"S": job_id},
        "state": {"S": state},
        "execution": {"S": "arn"},
        "claimed_at": {"S": "2026-01-01T00:00:00.000Z"},
        "updated_at": {"S": "2026-01-01T00:00:05.000Z"},
        "expires_at": {"N": "1769904000"},
        "document": {"S": json.dumps({"id": job_id, "padding": "x" * 30_000})},
    }


def test_a_row_is_got_by_its_id(ledger_table):
    boto3.client("dynamodb").put_item(TableName=ledger_table, Item=item("abc"))

    row = DynamoLedger(ledger_table).get("abc")

    assert row == LedgerRow(
        id="abc",
        state="succeeded",
        claimed_at="2026-01-01T00:00:00.000Z",
        updated_at="2026-01-01T00:00:05.000Z",
        document={"id": "abc", "padding": "x" * 30_000},
    )


def test_a_row_that_is_not_there_is_none(ledger_table):
    assert DynamoLedger(ledger_table).get("abc") is None


def test_all_rows_are_listed_over_several_pages(ledger_table):
    ids = {f"job{number:03}" for number in range(60)}  # 1.8 MB: more than one page
    for job_id in ids:
        boto3.client("dynamodb").put_item(TableName=ledger_table, Item=item(job_id))

    assert {row.id for row in DynamoLedger(ledger_table).list()} == ids


def test_a_missing_table_is_named(aws):
    with pytest.raises(StoreError, match="no-such-table"):
        DynamoLedger("no-such-table").get("abc")
