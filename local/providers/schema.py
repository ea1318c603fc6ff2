"""The inputs and outputs of a resource type, read from the type annotations of the installed SDK."""

from __future__ import annotations

import enum
import inspect
import sys
import typing
import warnings
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from threading import Lock
from types import NoneType, UnionType
from typing import Any

import pulumi
from pulumi import _types as sdk_types

# azure-native 3.29 merges two enumerations of Azure Monitor with the same name, and lost the values for a
# ScheduledQueryRule: these are from the service's REST reference.
_MISTAKEN = {
    "ConditionOperator": ("Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual")
}


@dataclass(frozen=True)
class Scalar:
    """A string, whole number, number or boolean: ``kind`` is ``str``, ``int``, ``float`` or ``bool``."""

    kind: type


@dataclass(frozen=True)
class Choice:
    """One of the values of an SDK enumeration."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class ListOf:
    """A list whose items all have one shape."""

    item: Shape


@dataclass(frozen=True)
class MapOf:
    """A dictionary with free keys whose values all have one shape."""

    item: Shape


@dataclass(frozen=True)
class OneOf:
    """A value of any of these shapes."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class File:
    """An asset or an archive."""


@dataclass(frozen=True)
class Anything:
    """A value of any type."""


@dataclass(frozen=True)
class Field:
    """One property of an object."""

    shape: Shape
    required: bool


@dataclass(frozen=True)
class Object:
    """A dictionary with known keys, described by one class of the SDK."""

    described_by: type

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The properties under their Pulumi names; read late, because SDK types may contain themselves."""
        if sdk_types.is_output_type(self.described_by):
            return _getters(self.described_by)
        return _arguments(self.described_by)


# SDK modules have circular imports: a second thread could see a partially imported module.
_reading = Lock()

Shape = Scalar | Choice | ListOf | MapOf | OneOf | File | Anything | Object


@dataclass(frozen=True)
class ResourceSchema:
    """A resource type's inputs, and the outputs that every deployed resource of the type has."""

    token: str
    inputs: Object
    outputs: dict[str, Field]

    @cached_property
    def computed(self) -> frozenset[str]:
        """The outputs that cannot be given as inputs."""
        return frozenset(self.outputs) - frozenset(self.inputs.fields)


def resource_schema(package: str, token: str) -> ResourceSchema | None:
    """Read a resource type from an SDK; ``None`` if the SDK does not have it.

    Imports only the SDK module of the type: ``aws:s3/bucket:Bucket`` is ``pulumi_aws.s3.Bucket``.
    """
    with _reading, warnings.catch_warnings():
        # SDK modules warn about deprecated parts of themselves.
        warnings.simplefilter("ignore", DeprecationWarning)
        return _resource_schema(package, token)


@cache
def _resource_schema(package: str, token: str) -> ResourceSchema | None:
    _, module_path, name = token.split(":")
    module_name = module_path.split("/")[0]
    for candidate in (module_name, f"{module_name}_"):
        try:
            module = import_module(f"{package}.{candidate}")
        except ModuleNotFoundError:
            continue
        resource = getattr(module, name, None)
        if resource is not None:
            arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
            return ResourceSchema(token, Object(arguments), _getters(resource))
    return None


def _arguments(described_by: type) -> dict[str, Field]:
    """Read the constructor of an input class: a parameter without a default is required."""
    hints = _hints(described_by.__init__, described_by)  # type: ignore[misc]
    names = sdk_types.input_type_py_to_pulumi_names(described_by)
    parameters = inspect.signature(described_by).parameters
    return {
        names.get(name, name): Field(shape_of(hints[name]), parameter.default is inspect.Parameter.empty)
        for name, parameter in parameters.items()
    }


def _getters(described_by: type) -> dict[str, Field]:
    """Read the properties of a resource or output class; those that may be ``None`` are not required."""
    names = sdk_types.resource_py_to_pulumi_names(described_by)
    fields = {}
    for python_name, value in vars(described_by).items():
        if isinstance(value, property):
            hint = _hints(value.fget, described_by)["return"]
            if typing.get_origin(hint) is pulumi.Output:
                (hint,) = typing.get_args(hint)
            fields[names[python_name]] = Field(shape_of(hint), NoneType not in typing.get_args(hint))
    return fields


def _hints(function: Any, described_by: type) -> dict[str, Any]:
    # ``pulumi.Input`` names ``Output[T]`` as a string, which SDK modules do not import; it falls away later.
    names = {"Output": pulumi.Output, "T": NoneType, **vars(sys.modules[described_by.__module__])}
    return typing.get_type_hints(function, names)


def shape_of(hint: Any) -> Shape:
    """Translate a type annotation of the SDK; ``Input``'s awaitables and outputs and ``None`` fall away."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, UnionType):
        return _union([each for each in arguments if not _is_promise(each)])
    if origin in (Sequence, list):
        return ListOf(shape_of(arguments[0]))
    if origin in (Mapping, dict):
        return MapOf(shape_of(arguments[1]))
    if hint in (str, bool, int, float):
        return Scalar(hint)
    if hint in (pulumi.Asset, pulumi.Archive):
        return File()
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return Choice(_MISTAKEN.get(hint.__qualname__) or tuple(member.value for member in hint))
    if isinstance(hint, type) and (sdk_types.is_input_type(hint) or sdk_types.is_output_type(hint)):
        return Object(hint)
    return Anything()


def _is_promise(hint: Any) -> bool:
    return hint is NoneType or typing.get_origin(hint) in (Awaitable, pulumi.Output)


def _union(hints: list[Any]) -> Shape:
    shapes = tuple(dict.fromkeys(shape_of(each) for each in hints))
    # "str or an enumeration" is how the SDK writes an enumeration: the cloud accepts only its values.
    choices = tuple(shape for shape in shapes if isinstance(shape, Choice))
    if choices:
        shapes = tuple(shape for shape in shapes if shape != Scalar(str))
    return shapes[0] if len(shapes) == 1 else OneOf(shapes)
