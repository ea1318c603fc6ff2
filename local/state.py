"""The addresses of the running emulators, in one small file for providers, command line and tests.

The file is ``.twinlens/local.json`` in the checkout unless the variable ``TWINLENS_LOCAL`` names another; its
folder contains everything else of the same set-up (logs, process records, Pulumi's state).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.deployment.names import LOCAL_VARIABLE
from core.files import write_whole
from local.errors import NotRunning

CHECKOUT = Path(__file__).resolve().parents[1]
VARIABLE = LOCAL_VARIABLE


@dataclass(frozen=True)
class AwsEmulator:
    """MiniStack: every AWS service behind one endpoint.

    The two keys are those of its account's root user. ``enforce_iam`` says whether it checks signatures, and
    calls against the policies of the role that makes them.
    """

    endpoint: str
    pid: int
    region: str
    access_key: str
    secret_key: str
    enforce_iam: bool = False


@dataclass(frozen=True)
class AzureEmulator:
    """Azurite and the Azure host.

    An account's endpoints are path style: ``<blob>/<account>/``. All accounts of the pool share one key. The
    host's control API demands ``token`` as a bearer token.
    """

    blob: str
    queue: str
    table: str
    key: str
    accounts: tuple[str, ...]
    control: str
    token: str
    pids: dict[str, int]

    @property
    def authorization(self) -> dict[str, str]:
        """The header that the control API demands."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class PulumiBackend:
    """The locations of Pulumi's local backend and of the stand-in plugins."""

    home: str
    backend: str
    passphrase: str


@dataclass(frozen=True)
class LocalState:
    """One running set-up."""

    aws: AwsEmulator
    azure: AzureEmulator
    pulumi: PulumiBackend


def path() -> Path:
    """Return the file's path, whether or not it exists."""
    named = os.environ.get(VARIABLE)
    return Path(named).resolve() if named else CHECKOUT / ".twinlens" / "local.json"


def load() -> LocalState:
    """Read the file.

    Raises:
        NotRunning: The file does not exist, or it is not of this version.
    """
    try:
        document: dict[str, Any] = json.loads(path().read_text())
        azure = document["azure"]
        return LocalState(
            aws=AwsEmulator(**document["aws"]),
            azure=AzureEmulator(**{**azure, "accounts": tuple(azure["accounts"])}),
            pulumi=PulumiBackend(**document["pulumi"]),
        )
    except FileNotFoundError:
        raise NotRunning("The emulators are not running; start them with `twinlens local up`.") from None
    except (ValueError, TypeError, KeyError):
        raise NotRunning(f"{path()} cannot be used; start again with `twinlens local up`.") from None


def save(state: LocalState) -> None:
    """Write the file atomically, readable only by its owner: it contains all keys."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, (json.dumps(asdict(state), indent=2) + "\n").encode(), mode=0o600)
