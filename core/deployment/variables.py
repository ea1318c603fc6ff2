"""The environment variables of deployed functions: written by components, read by handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.errors import SettingsError

# For all steps.
INPUT_CONTAINER = "TWINLENS_INPUT_CONTAINER"
OUTPUT_CONTAINER = "TWINLENS_OUTPUT_CONTAINER"
RECIPE = "TWINLENS_RECIPE"
MAX_BYTES = "TWINLENS_MAX_BYTES"
MAX_PIXELS = "TWINLENS_MAX_PIXELS"
CHAOS = "TWINLENS_CHAOS"  # only in a deployment under test: see core.chaos

# For the reconciler.
INPUT_PREFIX = "TWINLENS_INPUT_PREFIX"
SUFFIXES = "TWINLENS_SUFFIXES"
PATIENCE_SECONDS = "TWINLENS_PATIENCE_SECONDS"
LEDGER_TABLE = "TWINLENS_LEDGER_TABLE"

# Where the workflow is interpreted; a state machine is compiled in its granularity.
GRANULARITY = "TWINLENS_GRANULARITY"

# Where a person decides; absent without review.
REVIEW = "TWINLENS_REVIEW"  # which photos: "flagged" or "always"
REVIEW_SECONDS = "TWINLENS_REVIEW_SECONDS"
REVIEW_PAGE = "TWINLENS_REVIEW_PAGE"  # its address

# Of the front door; absent without it.
TICKETS_TABLE = "TWINLENS_TICKETS_TABLE"
STEPS = "TWINLENS_STEPS"  # the workflow's, separated by commas
WAITING_CALLS = "TWINLENS_WAITING_CALLS"  # how many may wait for a change at once
RESULTS_URL = "TWINLENS_RESULTS_URL"  # where outputs are public under their keys; signed addresses without it
SIGN_IN_ISSUER = "TWINLENS_SIGN_IN_ISSUER"  # only on Azure: a gateway checks tokens on AWS
SIGN_IN_AUDIENCE = "TWINLENS_SIGN_IN_AUDIENCE"

# Only on AWS.
STEP = "TWINLENS_STEP"  # which step a Lambda function runs
STATE_MACHINE = "TWINLENS_STATE_MACHINE"
STEP_FUNCTIONS = "TWINLENS_STEP_FUNCTIONS"  # the ARNs of the functions that a durable function calls, by step
SUCCESS_TOPIC = "TWINLENS_SUCCESS_TOPIC"
ERROR_TOPIC = "TWINLENS_ERROR_TOPIC"
REVIEW_TOPIC = "TWINLENS_REVIEW_TOPIC"

# Only on Azure.
CONNECTION = "PHOTOS"  # the name in bindings of the account with the photos, the queues and the ledger
UPLOADS_QUEUE = "TWINLENS_UPLOADS_QUEUE"
SUCCESS_QUEUE = "TWINLENS_SUCCESS_QUEUE"
ERROR_QUEUE = "TWINLENS_ERROR_QUEUE"
REVIEW_QUEUE = "TWINLENS_REVIEW_QUEUE"
DECISIONS_QUEUE = "TWINLENS_DECISIONS_QUEUE"
MEMORY_MB = "TWINLENS_MEMORY_MB"  # Lambda sets a variable of its own
# A worker processes several photos at once: what they share, and how long one may wait for its part.
PHOTO_MB = "TWINLENS_PHOTO_MB"
WAIT_SECONDS = "TWINLENS_WAIT_SECONDS"
RUN_SECONDS = "TWINLENS_RUN_SECONDS"  # after which a function that works in parts begins nothing more
# Cron expressions with seconds; absent without a reconciler.
STUCK_SCHEDULE = "TWINLENS_STUCK_SCHEDULE"
UNCLAIMED_SCHEDULE = "TWINLENS_UNCLAIMED_SCHEDULE"
PURGE_SCHEDULE = "TWINLENS_PURGE_SCHEDULE"  # absent where the state store deletes old history itself
MANAGED_IDENTITY = "managedidentity"
HOST_NAME = "WEBSITE_HOSTNAME"  # set by the platform


def service_uri(connection: str, service: str) -> str:
    """Return the app setting with the endpoint of a storage connection: "blob", "queue" or "table"."""
    return f"{connection}__{service}ServiceUri"


def account_name(connection: str) -> str:
    """Return the app setting with the name of a storage connection's account."""
    return f"{connection}__accountName"


def credential(connection: str) -> str:
    """Return the app setting that says how the app signs in to a storage connection."""
    return f"{connection}__credential"


def client_id(connection: str) -> str:
    """Return the app setting with the identity that the app signs in as."""
    return f"{connection}__clientId"


def required(variables: Mapping[str, str], name: str) -> str:
    """Return the variable's value.

    Raises:
        SettingsError: The variable is missing or empty; the message names it.
    """
    if not variables.get(name):
        raise SettingsError(f"The environment variable {name} is not set.")
    return variables[name]


def _number(variables: Mapping[str, str], name: str) -> int:
    text = required(variables, name)
    try:
        return int(text)
    except ValueError:
        raise SettingsError(
            f"The environment variable {name} is {text!r}; it must be a whole number."
        ) from None


@dataclass(frozen=True)
class Environment:
    """The variables every step needs."""

    input_container: str
    output_container: str
    recipe: str
    max_bytes: int
    max_pixels: int
    review: str = ""

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Environment:
        """Read the variables.

        Raises:
            SettingsError: A variable is missing or not a whole number; the message names it.
        """
        return cls(
            input_container=required(variables, INPUT_CONTAINER),
            output_container=required(variables, OUTPUT_CONTAINER),
            recipe=required(variables, RECIPE),
            max_bytes=_number(variables, MAX_BYTES),
            max_pixels=_number(variables, MAX_PIXELS),
            review=variables.get(REVIEW, ""),
        )


@dataclass(frozen=True)
class Reconciler:
    """Which uploads start a job, and how long a job may be stuck before it is restarted."""

    prefix: str
    suffixes: tuple[str, ...]
    patience: timedelta

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Reconciler:
        """Read the variables that :meth:`to_variables` wrote."""
        return cls(
            variables[INPUT_PREFIX],
            tuple(variables[SUFFIXES].split(",")),
            timedelta(seconds=int(variables[PATIENCE_SECONDS])),
        )

    def to_variables(self) -> dict[str, str]:
        """Return the variables."""
        return {
            INPUT_PREFIX: self.prefix,
            SUFFIXES: ",".join(self.suffixes),
            PATIENCE_SECONDS: str(int(self.patience.total_seconds())),
        }


def chaos(profile: str) -> dict[str, str]:
    """Return the variable with the chaos profile, or an empty mapping, as for most deployments."""
    return {CHAOS: profile} if profile else {}
