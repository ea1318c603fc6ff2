"""The base classes of all AWS resources."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from local.providers.aws.cloud import client, is_missing, region, use_region
from local.providers.check import Fault
from local.providers.resource import Resource
from local.providers.wire import Properties


class AwsResource(Resource):
    """A resource that is read by one call and deleted by another, and may have tags."""

    @abstractmethod
    def make(self, inputs: Properties) -> tuple[str, Properties]:
        """Create the resource; return its id and computed outputs."""

    @abstractmethod
    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        """Change everything except the tags; return the computed outputs that changed."""

    @abstractmethod
    def find(self, identity: str, state: Properties) -> object:
        """Read the resource; if it does not exist, raise the service's error or return nothing."""

    @abstractmethod
    def remove(self, identity: str, state: Properties) -> None:
        """Delete the resource; the service's error is accepted if it does not exist."""

    def configure(self, settings: Properties) -> None:
        """See :meth:`Resource.configure`."""
        if settings.get("region"):
            use_region(settings["region"])

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """See :meth:`Resource.create`."""
        identity, computed = self.make(inputs)
        return identity, {"region": region(), **computed, **_tag(computed.get("arn"), {}, inputs)}

    def update(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        """See :meth:`Resource.update`."""
        computed = self.change(identity, state, inputs)
        return {"region": region(), **computed, **_tag(state.get("arn"), state.get("tags", {}), inputs)}

    def delete(self, identity: str, state: Properties) -> None:
        """See :meth:`Resource.delete`."""
        try:
            self.remove(identity, state)
        except ClientError as error:
            if not is_missing(error):
                raise

    def exists(self, identity: str, state: Properties) -> bool:
        """See :meth:`Resource.exists`."""
        try:
            return bool(self.find(identity, state))
        except ClientError as error:
            if is_missing(error):
                return False
            raise


class Setting(AwsResource):
    """A resource that is a part of another one: one call both creates and changes it."""

    @abstractmethod
    def put(self, inputs: Properties) -> str:
        """Write the setting; return the resource's id."""

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        """See :meth:`AwsResource.make`."""
        return self.put(inputs), {}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        """See :meth:`AwsResource.change`."""
        self.put(inputs)
        return {}


def pascal(value: Any) -> Any:
    """Return the value with capitalized dictionary keys, as in most AWS APIs."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: pascal(each) for key, each in value.items()}
    return [pascal(each) for each in value] if isinstance(value, list) else value


def chosen(inputs: Properties, names: dict[str, str]) -> Properties:
    """Return the inputs that are given, under their names in the API."""
    return {theirs: inputs[ours] for ours, theirs in names.items() if inputs.get(ours) is not None}


def document(value: Any) -> str:
    """Return a JSON document that was given as text or as a dictionary."""
    return value if isinstance(value, str) else json.dumps(value)


def json_faults(inputs: Properties, name: str) -> Iterator[Fault]:
    """Yield a fault if the input is given but is not a JSON object."""
    value = inputs.get(name)
    if not isinstance(value, str):
        return
    try:
        parsed = json.loads(value)
    except ValueError as error:
        yield Fault(name, f"{name} must be JSON: {error}.")
        return
    if not isinstance(parsed, dict):
        yield Fault(name, f"{name} must be a JSON object, not {value!r}.")


def policy_faults(inputs: Properties, name: str) -> Iterator[Fault]:
    """Yield the faults in the structure of an IAM policy document."""
    wrong = list(json_faults(inputs, name))
    yield from wrong
    if wrong or name not in inputs:
        return
    statements = json.loads(document(inputs[name])).get("Statement")
    if not statements:
        yield Fault(name, f"{name} has no Statement.")
        return
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") not in ("Allow", "Deny"):
            yield Fault(
                name,
                f"a statement of {name} has the Effect {statement.get('Effect')!r}, not Allow or Deny.",
            )
        if not {"Action", "NotAction"} & statement.keys():
            yield Fault(name, f"a statement of {name} has no Action.")


def _tag(arn: str | None, old: Properties, inputs: Properties) -> Properties:
    """Set the tags of the resource, with the API that all services share."""
    new = inputs.get("tags", {})
    gone = [key for key in old if key not in new]
    if arn and gone:
        client("resourcegroupstaggingapi").untag_resources(ResourceARNList=[arn], TagKeys=gone)
    if arn and new:
        client("resourcegroupstaggingapi").tag_resources(ResourceARNList=[arn], Tags=new)
    return {"tagsAll": new}
