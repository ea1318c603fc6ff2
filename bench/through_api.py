"""Send the photos of a run through a stack's front door, and follow their jobs there, as a client does."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bench.sending import SENDERS, Submission
from bench.stack import DeployedStack
from compare.run import ApiCalls
from core.errors import SetupError
from core.job import job_id
from core.store.declared import key_of
from core.trace import now

if TYPE_CHECKING:
    from bench.api import Sent

SIGNED_IN = "TWINLENS_TOKEN"  # the variable with the token of whoever signed in


def address(deployment: DeployedStack) -> str:
    """Return the address of the stack's API.

    Raises:
        SetupError: It has no front door.
    """
    if found := str(deployment.outputs["apiUrl"]):
        return found
    config = f"pulumi config set -s {deployment.stack} twinlens:frontDoor true"
    raise SetupError(
        f"--via-api: the stack {deployment.stack!r} has no front door: `{config}`, then `pulumi up`."
    )


class ThroughApi:
    """A client of one stack's front door.

    The ledger tells when jobs end, as in every run; following them here makes the calls that a client makes.
    """

    def __init__(self, deployment: DeployedStack, token: str, timeout: float) -> None:
        from bench.api import Api  # with its HTTP client, which other runs do without

        self._api = Api(address(deployment), token)
        self._timeout = timeout
        self._pool = ThreadPoolExecutor(SENDERS)
        self._followed: dict[str, tuple[Sent, Future[None]]] = {}

    def send(self, deployment: DeployedStack, photo: Path, name: str) -> Submission:
        """Ask for an upload, send the photo as ``name``, and follow its job from now on."""
        began = now()
        sent = self._api.send(photo, Path(name).name)
        outputs = deployment.outputs
        key = key_of(outputs["inputPrefix"], sent.id, photo.stat().st_size, photo.suffix.lower())
        identifier = job_id(outputs["inputContainer"], key, sent.etag, outputs["recipe"])
        upload = Submission(identifier, deployment, photo, key, began, now(), name)
        self._followed[identifier] = sent, self._pool.submit(self._follow, sent)
        return upload

    def _follow(self, sent: Sent) -> None:
        from bench.api import ApiError

        with suppress(ApiError):  # its calls count, whatever became of them
            self._api.follow([sent], self._timeout, lambda _: None)

    def calls(self) -> dict[str, ApiCalls]:
        """Wait until nothing is followed any more, and return the calls for each job by its id."""
        for _, following in self._followed.values():
            following.result()
        return {job: _counted(sent) for job, (sent, _) in self._followed.items()}

    def close(self) -> None:
        """Follow no further job."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _counted(sent: Sent) -> ApiCalls:
    return ApiCalls(len(sent.calls_ms), round(sent.calls_ms[0], 3), round(sum(sent.calls_ms), 3))
