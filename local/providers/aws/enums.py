"""Check values that AWS restricts, but its SDKs do not check, against the service's model."""

from __future__ import annotations

from typing import Any

from botocore.model import OperationModel, Shape

from local.providers.check import unknown_name
from local.providers.resource import ProviderError


def check_enums(params: dict[str, Any], model: OperationModel, **_: Any) -> None:
    """Reject a call with a value that the service's model does not list (a botocore event handler).

    Raises:
        ProviderError: A value is not allowed; the message names the parameter and the allowed values.
    """
    if model.input_shape is not None:
        _check(params, model.input_shape, f"{model.service_model.service_name} {model.name}")


def _check(value: Any, shape: Shape, path: str) -> None:
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if value.get(name) is not None:
                _check(value[name], member, f"{path}.{name}")
    elif shape.type_name == "list":
        for each in value:
            _check(each, shape.member, path)
    elif shape.type_name == "map":
        for each in value.values():
            _check(each, shape.value, path)
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        raise ProviderError(f"{path} does not accept {value!r}{unknown_name(str(value), list(shape.enum))}")
