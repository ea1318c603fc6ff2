"""The claims and records of the durable function, which writes the ledger where a state machine would.

Its conditions are those of :mod:`components.aws.state_machine.ledger`; one contract test holds them equal.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from core.deployment.limits import LEDGER_RETENTION
from core.deployment.names import EXPIRES_AT, LEDGER_KEY
from core.job import Job
from core.ledger import AT_WORK, AWAITING, DECIDED, FAILED, RELEASED
from core.review.decisions import EXPIRED
from core.trace import now
from handlers.aws.ledger import DynamoLedger, Value

HELD = "#execution = :execution"


class DynamoClaims(DynamoLedger):
    """See :class:`core.ledger.Claims`."""

    def claim(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.claim`."""
        row: dict[str, Value] = {
            "state": job.state,
            "execution": job.execution,
            "claimed_at": now(),
            "updated_at": now(),
            "uploaded_at": job.uploaded_at,
            "recipe": job.recipe,
            "container": job.source.container,
            "key": job.source.key,
            "open": job.id[0],
            "document": json.dumps(job.to_document()),
            EXPIRES_AT: int((datetime.now(UTC) + LEDGER_RETENTION).timestamp()),
        }
        failed, decided = ({f":{state}": state for state in states} for states in (FAILED, DECIDED))
        return self._replace(
            {LEDGER_KEY: job.id, **row},
            "attribute_not_exists(#id) OR #state = :released"
            " OR (#execution = :execution AND #state = :claimed)"
            f" OR (#state IN ({', '.join(failed)}) AND #uploaded_at < :uploaded_at)"
            f" OR (#state IN ({', '.join(decided)}) AND #updated_at < :uploaded_at)",
            {
                ":released": RELEASED,
                ":execution": job.execution,
                ":claimed": "claimed",
                ":uploaded_at": job.uploaded_at,
                **failed,
                **decided,
            },
        )

    def record(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.record`."""
        before = {f":{state}": state for state in AT_WORK}
        recorded = self._update(
            job.id,
            "SET #state = :state, #updated_at = :now, #document = :document REMOVE #open",
            f"{HELD} AND #state IN ({', '.join(before)}, :state)",
            {
                **before,
                ":state": job.state,
                ":now": now(),
                ":document": json.dumps(job.to_document()),
                ":execution": job.execution,
            },
        )
        return recorded is not None

    def defer(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.defer`."""
        deferred = self._update(
            job.id,
            "SET #unsent = :unsent, #updated_at = :now, #open = :open",
            f"{HELD} AND #state = :state",
            {
                ":unsent": True,
                ":now": now(),
                ":open": job.id[0],
                ":state": job.state,
                ":execution": job.execution,
            },
        )
        return deferred is not None

    def wait(self, job: Job, token: str) -> bool:
        """Keep what wakes the job's execution; return ``False`` if somebody has decided already."""
        kept = self._update(
            job.id,
            "SET #token = :token",
            f"{HELD} AND #state = :awaiting AND attribute_not_exists(#decision)",
            {":token": token, ":awaiting": AWAITING, ":execution": job.execution},
        )
        return kept is not None

    def settle(self, job: Job) -> tuple[str, str] | None:
        """See :meth:`core.ledger.Claims.settle`."""
        states = {f":{state}": state for state in AT_WORK}
        settled = self._update(
            job.id,
            "SET #state = :claimed, #updated_at = :now, #decision = if_not_exists(#decision, :expired)"
            " REMOVE #token",
            f"{HELD} AND #state IN ({', '.join(states)})",
            {**states, ":now": now(), ":expired": EXPIRED, ":execution": job.execution},
        )
        if settled is None:
            return None
        row = settled["Attributes"]
        return row["decision"]["S"], row.get("reason", {}).get("S", "")
