"""What AWS refuses: the constraints of its service models, and its quotas.

Both stand-ins check requests against these: the provider before it sends one, MiniStack when it gets one. It
imports botocore alone, so that MiniStack's environment can use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel

from local.aws_rules.quotas import QUOTAS
from local.aws_rules.shapes import violations


@dataclass(frozen=True)
class Refusal:
    """An error of the service: its code, and its message."""

    code: str
    message: str


def refusals(model: OperationModel, params: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yield why AWS would refuse a call of this operation."""
    if model.input_shape is not None:
        found = list(violations(params, model.input_shape))
        if found:
            count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
            yield Refusal("ValidationException", count + "; ".join(found))
    for quota in QUOTAS:
        if (model.service_model.service_name, model.name) in quota.operations:
            for message in quota.check(params):
                yield Refusal(quota.code, message)
