"""Compile the wait for a person: ask by a function, keep the task's token in the ledger, take what it has.

The token never leaves the ledger. A decision that was made before the task waits refuses its write, and a
time-out may come just after a decision: both lead to the last write, which finds the decision or makes it
"expired".
"""

from __future__ import annotations

from components.aws.state_machine import expressions as jsonata
from components.aws.state_machine import ledger
from components.aws.state_machine.expressions import INPUT, embed
from components.aws.state_machine.references import Definition, function
from core.review.decisions import APPROVED, REFUSED
from core.workflow.model import Approval

ASK = "ask"  # the function that asks
TIMEOUT = "States.Timeout"


def names(approval: Approval) -> tuple[str, str, str, str]:
    """Return the names of the states behind the first: ask, wait, settle, and decide where it goes on."""
    ask, wait, settle, decided = (f"{approval.name}_{each}" for each in ("ask", "wait", "settle", "decided"))
    return ask, wait, settle, decided


def flagged(approval: Approval, after: str | None) -> Definition:
    """Return the choice that lets jobs without flags pass."""
    ask, *_ = names(approval)
    return {
        "Type": "Choice",
        "Choices": [{"Condition": embed(jsonata.FLAGGED), "Next": ask}],
        "Default": after,
    }


def question(approval: Approval) -> Definition:
    """Return the arguments of the call that asks; a second execution of the job finds its row taken below."""
    payload = {
        "job": embed(INPUT),
        "seconds": approval.timeout_seconds,
        "attempt": embed(jsonata.ATTEMPT),
    }
    return {"FunctionName": function(ASK), "Payload": payload}


def go_on(settle: str) -> Definition:
    """Return the catch of the waiting task for what is no error: a decision, or the end of the time."""
    return {"ErrorEquals": [ledger.REFUSED_BY_SDK, TIMEOUT], "Output": embed(INPUT), "Next": settle}


def decided(after: str | None, refused: str, expired: str) -> Definition:
    """Return the choice of where the job goes on."""
    ways = {APPROVED: after, REFUSED: refused}
    choices = [{"Condition": embed(jsonata.decided(decision)), "Next": way} for decision, way in ways.items()]
    return {"Type": "Choice", "Choices": choices, "Default": expired}
