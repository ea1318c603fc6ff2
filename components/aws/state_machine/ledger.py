"""The calls that write a job's ledger row, under the conditions of :class:`core.ports.Ledger`."""

from __future__ import annotations

from components.aws.state_machine import expressions as jsonata
from components.aws.state_machine.expressions import embed
from components.aws.state_machine.references import LEDGER, Definition
from core.ports import RELEASED, WITHOUT_PICTURE

REFUSED = "DynamoDB.ConditionalCheckFailedException"  # the condition of a call does not hold
ENDED = {f":{state}": state for state in WITHOUT_PICTURE}


def put(job: str) -> Definition:
    """Return the call that inserts the job, unless another execution did; it replaces a released row."""
    return {
        "TableName": LEDGER,
        "Item": embed(jsonata.ledger_item(job)),
        "ConditionExpression": (
            "attribute_not_exists(#id) OR #state = :released"
            " OR (#execution = :execution AND #state = :claimed)"
            f" OR (#state IN ({', '.join(ENDED)}) AND #uploaded_at < :uploaded_at)"
        ),
        "ExpressionAttributeNames": {
            "#id": "id",
            "#state": "state",
            "#execution": "execution",
            "#uploaded_at": "uploaded_at",
        },
        "ExpressionAttributeValues": {
            ":released": {"S": RELEASED},
            ":claimed": {"S": "claimed"},
            ":execution": {"S": embed(jsonata.EXECUTION)},
            ":uploaded_at": {"S": embed(f"{jsonata.INPUT}.time")},
            **{name: {"S": state} for name, state in ENDED.items()},
        },
    }


def release(job: str) -> Definition:
    """Return the call that releases the row its execution claimed, for the next to claim it."""
    return {
        "TableName": LEDGER,
        "Key": {"id": {"S": embed(f"({job}).id")}},
        "UpdateExpression": "SET #state = :released, #updated_at = :updated_at",
        # A retry finds what the first attempt wrote.
        "ConditionExpression": "#execution = :execution AND #state IN (:claimed, :released)",
        "ExpressionAttributeNames": {
            "#state": "state",
            "#updated_at": "updated_at",
            "#execution": "execution",
        },
        "ExpressionAttributeValues": {
            ":claimed": {"S": "claimed"},
            ":released": {"S": RELEASED},
            ":updated_at": {"S": embed(jsonata.NOW)},
            ":execution": {"S": embed(jsonata.EXECUTION)},
        },
    }


def update(job: str, recorded: str, state: str) -> Definition:
    """Return the call that writes the job's state and document to the row its execution claimed."""
    return {
        "TableName": LEDGER,
        "Key": {"id": {"S": embed(f"({job}).id")}},
        "UpdateExpression": (
            "SET #state = :state, #updated_at = :updated_at, #document = :document REMOVE #open"
        ),
        "ConditionExpression": "#execution = :execution AND #state IN (:claimed, :state)",
        "ExpressionAttributeNames": {
            "#state": "state",
            "#updated_at": "updated_at",
            "#document": "document",
            "#open": "open",
            "#execution": "execution",
        },
        "ExpressionAttributeValues": {
            ":claimed": {"S": "claimed"},
            ":state": {"S": state},
            ":updated_at": {"S": embed(jsonata.NOW)},
            ":document": {"S": embed(f"$string({recorded})")},
            ":execution": {"S": embed(jsonata.EXECUTION)},
        },
    }
