"""The delivery of code waits for a new identity's roles, for minutes and not for ever."""

import asyncio

import pytest
from pulumi import ErrorHookArgs

from components.azure import patience
from components.azure.patience import PAUSES, again

# What One Deploy answers while the app's identity may not write to its container yet.
REFUSED = (
    "Code=400: BlobUploadFailedException: Failed to upload blob to storage account: Response status code "
    "does not indicate success: 403 (This request is not authorized to perform this operation)."
)


@pytest.fixture
def slept(monkeypatch):
    """The pauses, which take no time."""
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)

    monkeypatch.setattr(patience.asyncio, "sleep", sleep)
    monkeypatch.setattr(patience.pulumi.log, "info", lambda *_: None)
    return pauses


def tries(error, operation="create"):
    """Fail with this error until nobody tries any more; return how often it was tried."""
    errors = []
    while True:
        errors.insert(0, error)
        failed = ErrorHookArgs(
            "urn", "", "onedeploy", "type", failed_operation=operation, errors=list(errors)
        )
        if not asyncio.run(again(failed)):
            return len(errors)


@pytest.mark.parametrize("error", [REFUSED, "AuthorizationFailed: the client ... over scope ..."])
def test_a_role_that_is_not_in_effect_is_waited_for(slept, error):
    assert tries(error) == len(PAUSES) + 1
    assert slept == list(PAUSES)
    assert 10 * 60 < sum(PAUSES) < 15 * 60


@pytest.mark.parametrize(
    ("error", "operation"), [("InvalidPackageUri: no archive there", "create"), (REFUSED, "delete")]
)
def test_any_other_failure_ends_the_deployment_at_once(slept, error, operation):
    assert tries(error, operation) == 1
    assert slept == []
