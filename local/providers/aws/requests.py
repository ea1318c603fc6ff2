"""Check the provider's requests against what AWS accepts: see :mod:`local.aws_rules`."""

from __future__ import annotations

from typing import Any

from botocore.model import OperationModel

from local.aws_rules import refusals
from local.providers.resource import ProviderError


def check_request(params: dict[str, Any], model: OperationModel, **_: Any) -> None:
    """Reject a call that AWS would refuse (a botocore event handler).

    Raises:
        ProviderError: The call violates a constraint or a quota; the message is the service's.
    """
    for refusal in refusals(model, params):
        call = f"{model.service_model.service_name} {model.name}"
        raise ProviderError(f"AWS refuses {call}: {refusal.code}: {refusal.message}.")
