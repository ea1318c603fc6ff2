"""Give a log group a key, or take it away, and deliveries ids, as CloudWatch Logs does.

MiniStack 1.5.33 takes a key only when a group is created, so a stack that stands could not get ``kmsKey``.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

ACTIONS = ("AssociateKmsKey", "DisassociateKmsKey")


def associate() -> None:
    """Patch MiniStack to know both actions."""
    handle = cloudwatch_logs.handle_request

    async def handled(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in ACTIONS:
            return await handle(method, path, headers, body, query)
        data = json.loads(body)
        group = cloudwatch_logs._log_groups.get(data.get("logGroupName"))
        if group is None:
            told = f"The specified log group does not exist: {data.get('logGroupName')}"
            return error_response_json("ResourceNotFoundException", told, 400)
        group["kmsKeyId"] = data.get("kmsKeyId") if action == "AssociateKmsKey" else None
        return json_response({})

    cloudwatch_logs.handle_request = handled


def name_deliveries() -> None:
    """Patch MiniStack to give deliveries ids of letters and digits, which alone the service's model takes."""
    cloudwatch_logs.new_uuid = lambda: uuid.uuid4().hex
