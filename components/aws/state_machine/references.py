"""The placeholders of a compiled definition, and the permissions that it needs.

``${ledger}``, ``${function.<step>}``, ``${topic.<topic>}``, ``${machine.standard}`` and ``${recipe}`` stand
for values that only a deployment knows; :func:`fill` replaces them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from components.aws.state_machine.integrations import INTEGRATIONS

Definition = dict[str, Any]

LEDGER = "${ledger}"
RECIPE = "${recipe}"
STANDARD_MACHINE = "${machine.standard}"


def function(step: str) -> str:
    """Return the placeholder for the step's function."""
    return f"${{function.{step}}}"


def topic(name: str) -> str:
    """Return the placeholder for the topic."""
    return f"${{topic.{name}}}"


def fill(definition: Definition, references: Mapping[str, str]) -> Definition:
    """Return the definition with every placeholder replaced.

    Raises:
        KeyError: A placeholder has no value.
    """

    def filled(value: object) -> object:
        match value:
            case str():
                for reference, name in references.items():
                    value = value.replace(reference, name)
                if "${" in value:
                    raise KeyError(value)
                return value
            case dict():
                return {key: filled(each) for key, each in value.items()}
            case list():
                return [filled(each) for each in value]
            case _:
                return value

    return cast(Definition, filled(definition))


def permissions(definition: Definition) -> dict[str, set[str]]:
    """Return the permissions that the definition needs, each with the references it is needed for."""
    needed: dict[str, set[str]] = {}
    for state in definition["States"].values():
        inner = [state["ItemProcessor"]] if "ItemProcessor" in state else state.get("Branches", ())
        for branch in inner:
            for permission, references in permissions(branch).items():
                needed.setdefault(permission, set()).update(references)
        if state["Type"] == "Task":
            integration = INTEGRATIONS[state["Resource"]]
            needed.setdefault(integration.permission, set()).add(state["Arguments"][integration.target])
    return needed
