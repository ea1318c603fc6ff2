"""A stand-in provider: the engine's operations on the resource types that it supports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.providers.check import Fault, faults, unknown_name
from local.providers.diff import Change, changes
from local.providers.resource import ProviderError, Resource
from local.providers.schema import (
    ListOf,
    MapOf,
    ResourceSchema,
    Scalar,
    Shape,
    resource_schema,
)
from local.providers.wire import UNKNOWN, Properties, has_unknown

Function = Callable[[Properties], Properties]


@dataclass(frozen=True)
class Ask:
    """The resource of a request: its type token, its name in the program, a seed for its physical name."""

    token: str
    name: str
    seed: bytes = b""


class StandIn:
    """Serve ``resources`` and ``functions``, with the types of the SDK package ``sdk`` (``pulumi_aws``)."""

    def __init__(self, sdk: str, resources: Iterable[Resource], functions: Mapping[str, Function]) -> None:
        self.sdk = sdk
        self._resources = {resource.kind: resource for resource in resources}
        self._functions = functions

    def configure(self, settings: Properties) -> None:
        """Store the provider's settings, such as its location."""
        for resource in self._resources.values():
            resource.configure(settings)

    def check(self, ask: Ask, old: Properties, new: Properties) -> tuple[Properties, list[Fault]]:
        """Return the inputs with name and defaults filled in, and all that is wrong with them."""
        resource, schema = self._find(ask.token)
        inputs = dict(new)
        rule = resource.auto_name
        if rule and inputs.get(rule.property) is None:
            named = old.get(rule.property)
            inputs[rule.property] = named or resource.make_name(rule, ask.name, ask.seed)
        wrong = list(faults(inputs, schema.inputs))
        # Types tell enough for a preview; rules across properties wait until all values are known.
        if not wrong and not has_unknown(inputs):
            wrong = list(resource.check(inputs))
        return inputs, wrong

    def diff(self, ask: Ask, old: Properties, new: Properties) -> list[Change]:
        """Return the changes from the old inputs to the new."""
        return changes(old, new, self._find(ask.token)[0].replace_on)

    def create(self, ask: Ask, inputs: Properties, preview: bool) -> tuple[str, Properties]:
        """Create the resource; return its id and outputs, unknown ones in a preview."""
        resource, schema = self._find(ask.token)
        if preview:
            certain = {name: value for name, value in inputs.items() if name not in resource.completes}
            return "", {**dict.fromkeys(_live(schema), UNKNOWN), **_unknown(resource, inputs), **certain}
        identity, computed = resource.create(inputs)
        return identity, _outputs(schema, inputs, computed)

    def update(
        self, ask: Ask, identity: str, state: Properties, inputs: Properties, preview: bool
    ) -> Properties:
        """Change the resource in place; return its outputs."""
        resource, schema = self._find(ask.token)
        kept = {name: state[name] for name in schema.computed if name in state}
        if preview:
            completed = {name: state[name] for name in resource.completes if name in state and name in inputs}
            return {**kept, **inputs, **completed}
        return _outputs(schema, inputs, {**kept, **resource.update(identity, state, inputs)})

    def delete(self, ask: Ask, identity: str, state: Properties) -> None:
        """Remove the resource."""
        self._find(ask.token)[0].delete(identity, state)

    def exists(self, ask: Ask, identity: str, state: Properties) -> bool:
        """Return whether the resource still exists."""
        return self._find(ask.token)[0].exists(identity, state)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Call a provider function.

        Raises:
            ProviderError: The stand-in does not support it.
        """
        if token not in self._functions:
            raise ProviderError(
                f"The local stand-in does not serve the function {token}"
                f"{unknown_name(token, list(self._functions))}"
            )
        return self._functions[token](arguments)

    def _find(self, token: str) -> tuple[Resource, ResourceSchema]:
        resource, schema = self._resources.get(token), resource_schema(self.sdk, token)
        if schema is None:
            raise ProviderError(f"{self.sdk} has no resource type {token}.")
        if resource is None:
            raise ProviderError(
                f"The local stand-in does not serve the resource type {token}"
                f"{unknown_name(token, list(self._resources))}"
            )
        return resource, schema


def _unknown(resource: Resource, inputs: Properties) -> Properties:
    """Return the given inputs that the service completes."""
    return {name: UNKNOWN for name in resource.completes if name in inputs}


def _live(schema: ResourceSchema) -> list[str]:
    """Return the outputs that only a deployed resource has."""
    return [name for name, field in schema.outputs.items() if field.required]


def _outputs(schema: ResourceSchema, inputs: Properties, computed: Properties) -> Properties:
    """Return a resource's outputs, with empty values where the real provider always returns one."""
    empty = {name: _empty(field.shape) for name, field in schema.outputs.items() if field.required}
    known = {name: value for name, value in empty.items() if value is not None}
    return {**known, **inputs, **computed}


def _empty(shape: Shape) -> Any:
    match shape:
        case Scalar(kind):
            return kind()
        case ListOf():
            return []
        case MapOf():
            return {}
        case _:
            return None
