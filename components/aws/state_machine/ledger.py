"""The calls that write a job's ledger row, under the conditions of :class:`core.ledger.Ledger`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from components.aws.state_machine import expressions as jsonata
from components.aws.state_machine.expressions import embed
from components.aws.state_machine.references import LEDGER, Definition
from core.ledger import AT_WORK, AWAITING, DECIDED, FAILED, RELEASED
from core.review.decisions import EXPIRED

REFUSED = "DynamoDB.ConditionalCheckFailedException"  # the condition of a call does not hold
REFUSED_BY_SDK = REFUSED.replace("DynamoDB.", "DynamoDb.")  # of an AWS SDK integration
NOW = {"S": embed(jsonata.NOW)}


def put(job: str) -> Definition:
    """Return the call that inserts the job, unless another execution did.

    It replaces a released row, and one without a picture that does not stand for this upload.
    """
    failed, decided = ({f":{state}": {"S": state} for state in states} for states in (FAILED, DECIDED))
    condition = (
        "attribute_not_exists(#id) OR #state = :released OR (#execution = :execution AND #state = :claimed)"
        f" OR (#state IN ({', '.join(failed)}) AND #uploaded_at < :uploaded_at)"
        f" OR (#state IN ({', '.join(decided)}) AND #updated_at < :uploaded_at)"
    )
    return {
        "TableName": LEDGER,
        "Item": embed(jsonata.ledger_item(job)),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": _names(condition),
        "ExpressionAttributeValues": {
            ":released": {"S": RELEASED},
            ":claimed": {"S": "claimed"},
            ":execution": {"S": embed(jsonata.EXECUTION)},
            ":uploaded_at": {"S": embed(f"{jsonata.INPUT}.time")},
            **failed,
            **decided,
        },
    }


def release(job: str) -> Definition:
    """Return the call that releases the row its execution claimed, for the next to claim it."""
    return _change(
        job,
        "SET #state = :released, #updated_at = :updated_at",
        "#state IN (:claimed, :released)",  # a retry finds what the first attempt wrote
        {":claimed": {"S": "claimed"}, ":released": {"S": RELEASED}, ":updated_at": NOW},
    )


def wait(job: str) -> Definition:
    """Return the call that writes the task's token to the row, unless somebody has decided already."""
    return _change(
        job,
        "SET #token = :token",
        "#state = :awaiting AND attribute_not_exists(#decision)",
        {":token": {"S": embed(jsonata.TASK)}, ":awaiting": {"S": AWAITING}},
    )


def settle(job: str) -> Definition:
    """Return the call that ends the waiting, and answers with the row and its decision."""
    states = {f":{state}": {"S": state} for state in AT_WORK}
    settled = _change(
        job,
        "SET #state = :claimed, #updated_at = :updated_at, #decision = if_not_exists(#decision, :expired)"
        " REMOVE #token",
        f"#state IN ({', '.join(states)})",
        {**states, ":updated_at": NOW, ":expired": {"S": EXPIRED}},
    )
    return {**settled, "ReturnValues": "ALL_NEW"}


def defer(job: str) -> Definition:
    """Return the call that marks the row of the job's end as unsent, which puts it into the index again."""
    return _change(
        job,
        "SET #unsent = :unsent, #updated_at = :updated_at, #open = :open",
        "#state = :state",
        {
            ":unsent": {"BOOL": True},
            ":updated_at": NOW,
            ":open": {"S": embed(f"$substring(({job}).id, 0, 1)")},
            ":state": {"S": embed(f"({job}).state")},
        },
    )


def update(job: str, recorded: str, state: str, at_work: Iterable[str]) -> Definition:
    """Return the call that writes the job's state and document to the row its execution claimed.

    ``at_work`` are the states that the row may be in before.
    """
    before = {f":{each}": {"S": each} for each in at_work}
    return _change(
        job,
        "SET #state = :state, #updated_at = :updated_at, #document = :document REMOVE #open",
        f"#state IN ({', '.join(before)}, :state)",
        {
            **before,
            ":state": {"S": state},
            ":updated_at": NOW,
            ":document": {"S": embed(f"$string({recorded})")},
        },
    )


def _change(job: str, change: str, condition: str, values: Mapping[str, object]) -> Definition:
    """Return the call that changes the row its execution claimed, under a condition besides."""
    condition = f"#execution = :execution AND {condition}"
    return {
        "TableName": LEDGER,
        "Key": {"id": {"S": embed(f"({job}).id")}},
        "UpdateExpression": change,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": _names(f"{change} {condition}"),
        "ExpressionAttributeValues": {**values, ":execution": {"S": embed(jsonata.EXECUTION)}},
    }


def _names(expression: str) -> Mapping[str, str]:
    """Return the attributes of an expression, where each follows a ``#``: some are reserved words."""
    return {f"#{name}": name for name in re.findall(r"#(\w+)", expression)}
