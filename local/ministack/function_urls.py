"""Let a function's URL be called only as AWS does.

MiniStack 1.5.33 checks the permission ``lambda:InvokeFunctionUrl`` alone, and not for callers without a key.
Since October 2025 AWS demands ``lambda:InvokeFunction`` besides, for new URLs
(docs.aws.amazon.com/lambda/latest/dg/urls-auth.html). A request has at most 6 MB
(docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.services import lambda_svc

MAX_BYTES = 6 * 1024 * 1024
PUBLIC = ("*", {"AWS": "*"})

type Answer = tuple[Any, ...]


def restrict() -> None:
    """Patch MiniStack to refuse what AWS refuses."""
    handle: Callable[..., Awaitable[Answer]] = lambda_svc.handle_function_url_request

    async def checked(url_id: str, *request: Any, resolved: Any = None, **more: Any) -> Answer:
        resolved = resolved or lambda_svc.resolve_function_url(url_id)
        body = request[3] if len(request) > 3 else more.get("body", b"")
        if resolved and len(body) > MAX_BYTES:
            return _refused(413, "RequestEntityTooLargeException", "Request Too Long")
        if resolved and resolved[4].get("AuthType") == "NONE" and not public(*resolved[:4]):
            return _refused(403, "AccessDeniedException", "Forbidden")
        return await handle(url_id, *request, resolved=resolved, **more)

    lambda_svc.handle_function_url_request = checked


def public(account: str, region: str, name: str, qualifier: str | None) -> bool:
    """Return whether the function's policy has both statements for everybody, for the URL of no sign-in."""
    arn = f"arn:aws:lambda:{region}:{account}:function:{name}" + (f":{qualifier}" if qualifier else "")
    function, _, _ = lambda_svc._get_func_record_for_ref_in_scope(name, account_id=account, region=region)
    conditions: dict[str, dict[str, dict[str, str]]] = {
        "lambda:InvokeFunctionUrl": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        "lambda:InvokeFunction": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
    }
    statements = [
        each
        for each in (function or {}).get("policy", {}).get("Statement", ())
        if each["Effect"] == "Allow" and each["Principal"] in PUBLIC and each["Resource"] == arn
    ]
    return all(
        any(each["Action"] == action and each.get("Condition", condition) == condition for each in statements)
        for action, condition in conditions.items()
    )


def _refused(status: int, kind: str, message: str) -> Answer:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": kind}
    return status, headers, json.dumps({"Message": message}).encode()
