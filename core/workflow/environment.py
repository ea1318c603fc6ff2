"""What a deployment tells its functions in variables: written by components, read by handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.errors import SettingsError

INPUT_CONTAINER = "TWINLENS_INPUT_CONTAINER"
OUTPUT_CONTAINER = "TWINLENS_OUTPUT_CONTAINER"
RECIPE = "TWINLENS_RECIPE"
MAX_BYTES = "TWINLENS_MAX_BYTES"
MAX_PIXELS = "TWINLENS_MAX_PIXELS"
STEP = "TWINLENS_STEP"  # AWS only: which step a Lambda function runs
MEMORY_MB = "TWINLENS_MEMORY_MB"  # Azure only: Lambda says it by itself
GRANULARITY = "TWINLENS_GRANULARITY"  # Azure only: a state machine is compiled in its granularity
INPUT_PREFIX = "TWINLENS_INPUT_PREFIX"  # this and the next two: the reconciler's only
SUFFIXES = "TWINLENS_SUFFIXES"
PATIENCE_SECONDS = "TWINLENS_PATIENCE_SECONDS"
CHAOS = "TWINLENS_CHAOS"  # only in a deployment under test: see core.chaos

# The limits where nobody says otherwise.
USUAL_MAX_BYTES = 50 * 2**20
USUAL_MAX_PIXELS = 100_000_000


@dataclass(frozen=True)
class Environment:
    """The variables every step needs."""

    input_container: str
    output_container: str
    recipe: str
    max_bytes: int
    max_pixels: int

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Environment:
        """Read the variables.

        Raises:
            SettingsError: One is missing or not a whole number; it is named.
        """

        def text(name: str) -> str:
            if not variables.get(name):
                raise SettingsError(f"The environment variable {name} is not set.")
            return variables[name]

        def number(name: str) -> int:
            try:
                return int(text(name))
            except ValueError:
                raise SettingsError(
                    f"The environment variable {name} is {variables[name]!r}; it must be a whole number."
                ) from None

        return cls(
            input_container=text(INPUT_CONTAINER),
            output_container=text(OUTPUT_CONTAINER),
            recipe=text(RECIPE),
            max_bytes=number(MAX_BYTES),
            max_pixels=number(MAX_PIXELS),
        )


@dataclass(frozen=True)
class Reconciler:
    """Which uploads start a job, and how long one may stand still before it is sent through again."""

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


def patience(workflow_seconds: int) -> timedelta:
    """Return how long a job may stand still: as long as its workflow may take, and a little longer."""
    return timedelta(seconds=workflow_seconds, minutes=5)


def chaos(profile: str) -> dict[str, str]:
    """Return the variable that asks for faults, or none: most deployments never hear of it."""
    return {CHAOS: profile} if profile else {}
