"""Who may write a job's row, and when: the same on both clouds and in memory.

On AWS the state machine writes the row, or the durable function; the compiled conditions of the one and the
calls of the other are tried on MiniStack's DynamoDB.
"""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import boto3
import pytest

from components.aws.state_machine.compiler import compile_workflow
from core.job import Job, Problem, Review, Source
from core.ledger import AWAITING, DECIDED, FAILED, RELEASED
from core.memory import MemoryLedger
from core.trace import stamp
from core.workflow.model import FinalState
from core.workflow.photo import pipeline
from handlers.aws.claims import DynamoClaims
from handlers.aws.ledger import DynamoLedger
from handlers.azure import clients
from handlers.azure.ledger import TableLedger

EARLIER, LATER = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2100))
STATES = compile_workflow(pipeline(review_seconds=60), 30)["States"]


class CompiledLedger(DynamoLedger):
    """The claims and records that the compiled state machine makes."""

    def claim(self, job):
        row = {"id": job.id, "state": job.state, "execution": job.execution, "open": job.id[0]}
        row |= dict.fromkeys(("claimed_at", "updated_at"), "2026-01-01T00:00:00.000Z")
        row |= {"document": json.dumps(job.to_document()), "uploaded_at": job.uploaded_at}
        item = {name: {"S": value} for name, value in row.items()}
        return bool(self._write("claim", boto3.client("dynamodb").put_item, job, Item=item))

    def record(self, job):
        update = STATES[f"record_{job.state}"]["Arguments"]["UpdateExpression"]
        write = boto3.client("dynamodb").update_item
        return bool(
            self._write(f"record_{job.state}", write, job, Key={"id": {"S": job.id}}, UpdateExpression=update)
        )

    def defer(self, job):
        call = STATES["defer_notification"]["Arguments"]
        write, update = boto3.client("dynamodb").update_item, call["UpdateExpression"]
        key = {"id": {"S": job.id}}
        return bool(self._write("defer_notification", write, job, Key=key, UpdateExpression=update))

    def wait(self, job, token):
        call = STATES["approval_wait"]["Arguments"]
        write, update = boto3.client("dynamodb").update_item, call["UpdateExpression"]
        key = {"id": {"S": job.id}}
        return bool(
            self._write("approval_wait", write, job, Key=key, UpdateExpression=update, **{":token": token})
        )

    def settle(self, job):
        call = STATES["approval_settle"]["Arguments"]
        written = self._write(
            "approval_settle",
            boto3.client("dynamodb").update_item,
            job,
            Key={"id": {"S": job.id}},
            UpdateExpression=call["UpdateExpression"],
            ReturnValues=call["ReturnValues"],
        )
        if not written:
            return None
        row = written["Attributes"]
        return row["decision"]["S"], row["reason"]["S"] if "reason" in row else ""

    def _write(self, state, write, job, **arguments):
        call = STATES[state]["Arguments"]
        known = {
            ":execution": job.execution,
            ":updated_at": "2026-01-01T00:00:09.000Z",
            ":uploaded_at": job.uploaded_at,
            ":document": json.dumps(job.to_document()),
            ":open": job.id[0],
            ":state": job.state,
            **{name: arguments.pop(name) for name in tuple(arguments) if name.startswith(":")},
        }
        values = {
            name: {"S": known.get(name, value["S"])} if "S" in value else value
            for name, value in call["ExpressionAttributeValues"].items()
        }
        try:
            return write(
                TableName=self._table,
                ConditionExpression=call["ConditionExpression"],
                ExpressionAttributeNames=call["ExpressionAttributeNames"],
                ExpressionAttributeValues=values,
                **arguments,
            )
        except boto3.client("dynamodb").exceptions.ConditionalCheckFailedException:
            return None


@pytest.fixture
def compiled(ledger_table):
    return CompiledLedger(ledger_table)


@pytest.fixture
def table(account):
    return TableLedger(clients.tables(account.table).create_table(f"ledger{uuid.uuid4().hex[:12]}"))


@pytest.fixture
def claims(ledger_table):
    return DynamoClaims(ledger_table)


@pytest.fixture
def memory():
    return MemoryLedger()


@pytest.fixture(params=["compiled", "claims", "table", "memory"])
def ledger(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def job():
    source = Source("uploads", "incoming/a.jpg", "etag", 7)
    moment = "2026-01-01T00:00:00.000Z"
    return Job(uuid.uuid4().hex, "gallery", source, "first", moment, moment)


def other(job):
    return replace(job, execution="second")


def test_one_execution_claims_and_may_claim_again(ledger, job):
    assert ledger.claim(job)
    assert ledger.claim(job)
    assert not ledger.claim(other(job))


@pytest.mark.parametrize("state", get_args(FinalState))
def test_a_job_takes_one_final_state_and_only_from_its_execution(ledger, job, state):
    ledger.claim(job)

    assert not ledger.record(replace(other(job), state=state))
    assert ledger.record(replace(job, state=state))
    assert ledger.record(replace(job, state=state)), "the answer to the first may have been lost"
    for different in set(get_args(FinalState)) - {state}:
        assert not ledger.record(replace(job, state=different))
    assert ledger.get(job.id).state == state


def test_a_finished_job_is_not_claimed_anew(ledger, job):
    ledger.claim(job)
    ledger.record(replace(job, state="succeeded"))

    assert not ledger.claim(other(job))
    assert ledger.get(job.id).state == "succeeded"


@pytest.mark.parametrize("state", FAILED)
def test_a_later_upload_of_the_same_bytes_claims_a_job_that_failed(ledger, job, state):
    ledger.claim(job)
    ledger.record(replace(job, state=state))

    assert not ledger.claim(other(job)), "the same event again"
    assert not ledger.claim(replace(other(job), uploaded_at="2025-12-31T00:00:00.000Z")), "a late event"
    again = replace(other(job), uploaded_at="2026-01-01T00:00:01.000Z")
    assert ledger.claim(again)
    assert ledger.record(replace(again, state="succeeded"))
    assert not ledger.claim(replace(job, uploaded_at="2026-01-01T00:00:02.000Z")), "it has its picture"


@pytest.mark.parametrize("state", DECIDED)
def test_a_decision_is_about_all_uploads_of_the_same_bytes_before_it(ledger, job, state):
    ledger.claim(job)
    ledger.record(replace(job, state=state))

    decided = ledger.get(job.id).updated_at
    for uploaded_at in ("2025-12-31T00:00:00Z", job.uploaded_at, "2026-01-01T00:00:01Z", decided):
        assert not ledger.claim(replace(other(job), uploaded_at=uploaded_at)), "whenever its event comes"
    assert ledger.claim(replace(other(job), uploaded_at=stamp(LATER)))


def test_a_released_job_is_the_next_execution_s(ledger, job):
    ledger.claim(job)
    seen = ledger.get(job.id)

    assert ledger.release(seen)
    assert not ledger.release(seen), "it has changed since it was seen"
    assert ledger.get(job.id).state == RELEASED
    assert not ledger.record(replace(job, state="succeeded")), "the execution that lost it comes too late"
    assert ledger.claim(other(job))
    assert ledger.record(replace(other(job), state="succeeded"))


def test_the_jobs_that_have_not_ended_are_found_by_their_last_change(ledger, job):
    ended = replace(job, id=uuid.uuid4().hex)
    for each in (job, ended):
        ledger.claim(each)
    ledger.record(replace(ended, state="succeeded"))

    assert [row.id for row in ledger.open_before(LATER)] == [job.id]
    assert not list(ledger.open_before(EARLIER))
    ledger.release(ledger.get(job.id))
    assert [row.state for row in ledger.open_before(LATER)] == [RELEASED]


def test_a_job_that_failed_and_was_given_back_is_found_too(ledger, job):
    ledger.claim(job)
    ledger.record(replace(job, state="failed"))
    ledger.release(ledger.get(job.id))

    assert [row.id for row in ledger.open_before(LATER)] == [job.id]


def test_a_job_is_ended_in_its_execution_s_place_unless_that_one_was_quicker(ledger, job):
    ledger.claim(job)
    seen = ledger.get(job.id)
    lost = replace(job, state="failed", error=Problem("JobLost", "It came to no end."))

    assert ledger.end(seen, lost)
    assert not ledger.end(seen, lost), "it has changed since it was seen"
    assert ledger.get(job.id).document["error"]["name"] == "JobLost"
    assert ledger.get(job.id).unsent
    assert ledger.sent(ledger.get(job.id))
    assert not list(ledger.open_before(LATER))
    assert not ledger.record(replace(job, state="succeeded")), "the execution comes back too late"
    assert not ledger.claim(other(job))


def waiting(job):
    return replace(job, state=AWAITING, review=Review("2026-01-01T00:00:01.000Z", "2026-01-02T00:00:00.000Z"))


@pytest.fixture
def asked(ledger, job):
    """A job that waits for a person."""
    ledger.claim(job)
    assert ledger.ask(waiting(job), "hash")
    return waiting(job)


def test_only_a_job_s_execution_may_ask_and_it_may_ask_again(ledger, job):
    ledger.claim(job)

    assert not ledger.ask(waiting(other(job)), "hash")
    assert ledger.ask(waiting(job), "hash")
    assert ledger.ask(waiting(job), "another")
    row = ledger.get(job.id)
    assert (row.state, row.decision, row.link_hash) == (AWAITING, "", "another")
    assert row.document == waiting(job).to_document()
    assert [row.id for row in ledger.open_before(LATER)] == [job.id]
    assert not ledger.claim(other(job)), "another delivery of the event"


def test_asking_again_does_not_take_a_decision_back(ledger, job):
    ledger.claim(job)
    first = ledger.ask(waiting(job), "hash")
    assert (first.state, first.decision, first.document) == (AWAITING, "", waiting(job).to_document())
    ledger.decide(first, "refused", "seen")

    later = replace(waiting(job), review=Review("2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"))
    again = ledger.ask(later, "another")
    assert (again.decision, again.document) == ("refused", first.document)
    assert ledger.get(job.id).link_hash == "hash"
    assert ledger.settle(job) == ("refused", "seen")


def test_asking_again_after_a_decision_was_taken_changes_nothing(ledger, asked):
    assert ledger.settle(asked) == ("expired", "")
    settled = ledger.get(asked.id)

    assert ledger.ask(asked, "another").decision == "expired"
    assert ledger.get(asked.id) == settled
    assert (settled.state, settled.link_hash) == ("claimed", "hash")


@pytest.mark.parametrize("decision", ["approved", "refused"])
def test_the_first_decision_stands(ledger, asked, decision):
    seen = ledger.get(asked.id)

    assert ledger.decide(seen, decision, "seen").decision == decision
    for later in ("approved", "refused"):
        assert ledger.decide(seen, later, "") is None
    assert ledger.settle(asked) == (decision, "seen")
    assert ledger.settle(asked) == (decision, "seen"), "the answer to the first may have been lost"
    assert ledger.get(asked.id).state == "claimed"
    assert ledger.record(replace(asked, state="succeeded"))


def test_without_a_decision_it_expires_and_none_is_taken_any_more(ledger, asked):
    seen = ledger.get(asked.id)

    assert ledger.settle(asked) == ("expired", "")
    assert ledger.decide(seen, "approved", "") is None
    assert ledger.settle(asked) == ("expired", "")


def test_a_decision_about_one_execution_is_none_about_the_next(ledger, asked):
    seen = ledger.get(asked.id)
    ledger.decide(seen, "approved", "")
    ledger.release(ledger.get(asked.id))
    ledger.claim(other(asked))

    assert ledger.settle(asked) is None
    assert ledger.ask(other(asked), "hash")
    assert ledger.get(asked.id).decision == ""
    assert ledger.decide(seen, "approved", "") is None, "it was read before"
    assert ledger.decide(ledger.get(asked.id), "refused", "")


def test_a_job_that_waits_can_fail(ledger, asked):
    assert ledger.record(replace(asked, state="failed"))
    assert ledger.get(asked.id).state == "failed"


def test_the_token_of_a_waiting_task_is_there_until_it_goes_on(compiled, job):
    compiled.claim(job)
    compiled.ask(waiting(job), "hash")

    assert compiled.wait(job, "token")
    assert compiled.decide(compiled.get(job.id), "approved", "").token == "token"
    assert not compiled.wait(job, "another"), "there is a decision"
    compiled.settle(job)
    assert compiled.get(job.id).token == ""


def test_an_end_that_nobody_was_told_of_is_found_until_it_is_sent(ledger, job):
    ended = replace(job, state="succeeded")
    ledger.claim(job)
    assert not ledger.defer(ended), "it has not ended"
    ledger.record(ended)
    assert not list(ledger.open_before(LATER))

    assert not ledger.defer(other(ended)), "another execution holds the row"
    assert ledger.defer(ended)
    assert ledger.defer(ended), "a retry is harmless"

    [row] = ledger.open_before(LATER)
    assert (row.id, row.state, row.unsent) == (job.id, "succeeded", True)
    assert ledger.sent(row)
    assert not ledger.sent(row), "it has changed since it was seen"
    assert (ledger.get(job.id).state, ledger.get(job.id).unsent) == ("succeeded", False)
    assert not list(ledger.open_before(LATER))
