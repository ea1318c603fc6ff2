"""The settings of single steps: memory and time limit of functions that need others than the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from components.config_reader import ConfigReader, span
from core.errors import SettingsError
from core.mistakes import nearest
from core.workflow.granularity import all_steps, pipeline_in

KEY = "steps"


@dataclass(frozen=True)
class StepSettings:
    """The memory of one step's function in MB, and its time limit in seconds."""

    memory_mb: int
    timeout_seconds: int


def read_steps(
    reader: ConfigReader,
    granularity: str,
    review_seconds: int,
    usual: StepSettings,
    allowed: Mapping[str, Collection[int]],
) -> dict[str, StepSettings]:
    """Return the settings of the steps that have some of their own.

    Args:
        reader: Where to read them, and note mistakes.
        granularity: Only steps that are a function of their own in it can have settings.
        review_seconds: How long a photo waits for a person, which takes further functions.
        usual: What holds for all other steps.
        allowed: The allowed values of ``memoryMb`` and ``timeoutSeconds``.
    """
    given = reader.table(KEY, "a map from steps to their memoryMb and timeoutSeconds")
    if given and reader.cloud != "aws":
        reader.mistake(KEY, given, "nothing but on aws: on azure, all steps run in the same app")
        return {}
    try:
        functions = {step.name for step in pipeline_in(granularity, review_seconds).steps()}
    except SettingsError:  # the granularity is a mistake of its own
        functions = {step.name for step in all_steps()}
    found = {}
    for name, values in given.items():
        if name in functions:
            found[name] = _read(reader, f"{KEY}.{name}", values, usual, allowed)
        else:
            reader.mistake(KEY, name, _hint(name, granularity, functions))
    return found


def _hint(name: str, granularity: str, functions: Collection[str]) -> str:
    if name in {step.name for step in all_steps()}:
        return f"{', '.join(sorted(functions))}; {name} has no function of its own when {granularity}"
    meant = nearest(name, functions)
    return f"{', '.join(sorted(functions))}" + (f"; did you mean {meant}?" if meant else "")


def _read(
    reader: ConfigReader,
    key: str,
    values: Any,
    usual: StepSettings,
    allowed: Mapping[str, Collection[int]],
) -> StepSettings:
    if not isinstance(values, dict):
        reader.mistake(key, values, "a map with memoryMb and timeoutSeconds")
        return usual
    numbers = {"memoryMb": usual.memory_mb, "timeoutSeconds": usual.timeout_seconds}
    for name, value in values.items():
        if name not in numbers:
            meant = nearest(name, numbers)
            wanted = "memoryMb and timeoutSeconds" + (f"; did you mean {meant}?" if meant else "")
            reader.mistake(key, name, wanted)
        elif (number := _whole(value)) is None or number not in allowed[name]:
            reader.mistake(f"{key}.{name}", value, f"a whole number {span(allowed[name])}")
        else:
            numbers[name] = number
    return StepSettings(numbers["memoryMb"], numbers["timeoutSeconds"])


def _whole(value: Any) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
