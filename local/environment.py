"""The local stacks, and the variables that point Pulumi and the clouds' libraries to the emulators.

:func:`variables` is the only difference between a local stack and a real one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from local import state
from local.loopback import direct
from local.toolchain import pulumi


class LocalStack(StrEnum):
    """The stacks that are deployed to the emulators, one for each cloud."""

    AWS = "aws-local"
    AZURE = "azure-local"


def variables() -> dict[str, str]:
    """Return the variables that point Pulumi and the clouds' libraries to the emulators.

    Raises:
        NotRunning: The emulators are not running.
        ToolMissing: The Pulumi CLI is not installed and cannot be installed.
    """
    current = state.load()
    folders = (str(pulumi.ensure()), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))
    return {
        "PATH": os.pathsep.join(dict.fromkeys(os.pathsep.join(folders).split(os.pathsep))),
        state.VARIABLE: str(state.path()),
        "PULUMI_HOME": current.pulumi.home,
        "PULUMI_BACKEND_URL": current.pulumi.backend,
        "PULUMI_CONFIG_PASSPHRASE": current.pulumi.passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_ENDPOINT_URL": current.aws.endpoint,
        "AWS_REGION": current.aws.region,
        "AWS_DEFAULT_REGION": current.aws.region,
        "AWS_ACCESS_KEY_ID": current.aws.access_key,
        "AWS_SECRET_ACCESS_KEY": current.aws.secret_key,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,  # it may name another endpoint or account
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AZURE_STORAGE_KEY": current.azure.key,
        **direct(),
    }


def others(names: Iterable[str]) -> list[str]:
    """Return those variables that would lead elsewhere: one's own accounts and their endpoints."""
    return sorted(name for name in names if name.startswith(("AWS_", "AZURE_")))


def enter() -> None:
    """Point this process to the emulators, whatever the shell has.

    Raises:
        NotRunning: The emulators are not running.
        ToolMissing: The Pulumi CLI is not installed and cannot be installed.
    """
    found = variables()
    for name in others(os.environ):
        del os.environ[name]
    os.environ.update(found)
