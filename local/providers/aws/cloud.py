"""The emulator the AWS stand-in talks to."""

from __future__ import annotations

import os
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.providers.aws.requests import check_request
from local.providers.resource import ProviderError

CLOUDFRONT_REGION = "us-east-1"  # of all that CloudFront uses, whatever the region of the stack
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MISSING = ("NotFound", "NoSuch", "NonExistent", "Nonexistent", "DoesNotExist", "404")
_lock = Lock()


def use_region(name: str) -> None:
    """Set the region: the provider's setting overrides the environment."""
    os.environ["AWS_REGION"] = name


def region() -> str:
    """Return the region that the environment names."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def client(service: str) -> Any:
    """Return the client of an AWS service on the emulator.

    Raises:
        ProviderError: No endpoint is set, or it is not on this machine.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if urlsplit(endpoint).hostname not in LOOPBACK:
        raise ProviderError(
            "The local AWS stand-in needs AWS_ENDPOINT_URL to name an emulator on this machine, "
            f"not {endpoint!r}: "
            'run `eval "$(twinlens local env)"` first.'
        )
    with _lock:  # creating clients is not thread-safe, using them is
        return _client(service, endpoint, region())


@cache
def _client(service: str, endpoint: str, region_name: str) -> Any:
    made = boto3.client(
        service, endpoint_url=endpoint, region_name=region_name, config=Config(retries={"max_attempts": 2})
    )
    made.meta.events.register("provide-client-params", check_request)
    return made


def account() -> str:
    """Return the id of the account that the credentials belong to."""
    return str(client("sts").get_caller_identity()["Account"])


def is_missing(error: ClientError) -> bool:
    """Return whether a call failed because the resource does not exist."""
    return any(word in error.response["Error"]["Code"] for word in MISSING)
