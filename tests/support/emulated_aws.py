"""Clients of a MiniStack, for somebody who may do everything."""

from typing import Any

import boto3

from local.state import AwsEmulator


def client_of(emulator: AwsEmulator, service: str) -> Any:
    """Return a client with the emulator's own credentials."""
    return boto3.client(
        service,
        endpoint_url=emulator.endpoint,
        region_name=emulator.region,
        aws_access_key_id=emulator.access_key,
        aws_secret_access_key=emulator.secret_key,
    )
