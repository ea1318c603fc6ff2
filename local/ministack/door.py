"""Let in only who holds the set-up's keys, and no web page.

A page in a browser can reach 127.0.0.1 under its own host name (DNS rebinding), or by requests whose Origin
is the page's. MiniStack 1.5.33 answers both, and lets browsers read the answers. With ``AUTH=true`` it also
takes the access keys ``test``, any twelve digits and none at all for the root user, without a look at
the signature, and derives the keys of functions from their names.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.arn import parse_arn
from ministack.core.router import detect_service, extract_access_key_id
from ministack.services import iam, lambda_svc, sts

HEALTH = "/_ministack/health"
INTERNAL = ("/_ministack/", "/_localstack/")  # among others: delete everything, read functions' code
ALLOWED = b"access-control-allow-origin"
DISTRIBUTION = ".cloudfront.127.0.0.1"  # no name that DNS could have
LOOPBACK = ("127.0.0.1", "localhost")

type Message = dict[str, Any]
type Send = Callable[[Message], Awaitable[None]]


def guard() -> None:
    """Patch MiniStack to refuse everybody else."""
    _requests()
    if app.AUTH:
        _root()
        _functions()


def refusal(scope: Message) -> str | None:
    """Return why a request is refused, or ``None``. MiniStack checks signatures later."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host, path = headers.get("host", ""), scope["path"]
    name = host.rpartition(":")[0] or host
    distribution = name.endswith(DISTRIBUTION)
    if name not in LOOPBACK and not name.endswith(".localhost") and not distribution:
        return "MiniStack answers requests to 127.0.0.1 only."
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    public = distribution or app._parse_execute_api_url(host, path) is not None
    shared = _shared(scope["method"], path, headers, query)
    if headers.get("origin", f"http://{host}") != f"http://{host}" and not (public or shared):
        return "MiniStack answers no web page of another origin."
    if path == HEALTH:
        return None
    if path.startswith(INTERNAL):
        return "MiniStack's own endpoints are closed."
    # The function's own policy says who may call its URL, an API's routes who may use them, buckets what
    # a distribution may read, and which pages may send what is signed.
    if not app.AUTH or public or shared or app._parse_lambda_url(host, path):
        return None
    if known(extract_access_key_id(headers, query)):
        return None
    return "The request is not signed with a key that MiniStack knows."


def _shared(method: str, path: str, headers: dict[str, str], query: dict[str, list[str]]) -> bool:
    """Return whether a page of another origin may send this request: what an address of S3 is signed for.

    The bucket's own configuration says which origins may, in the answer that a browser looks at.
    """
    if detect_service(method, path, headers, query) != "s3":
        return False
    return "X-Amz-Signature" in query or (method == "OPTIONS" and "access-control-request-method" in headers)


def known(key: str | None) -> bool:
    """Return whether somebody has this access key."""
    return bool(key) and (
        is_root(str(key))
        or key in sts._sessions
        or any(stored == key for _, stored in iam._access_keys.to_dict())
    )


def is_root(key: str) -> bool:
    """Return whether the access key is the set-up's own."""
    return hmac.compare_digest(key.encode(), os.environ["AWS_ACCESS_KEY_ID"].encode())


def _requests() -> None:
    serve = app.app

    async def guarded(scope: Message, receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif reason := refusal(scope):
            kind = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 403, "headers": kind})
            await send({"type": "http.response.body", "body": json.dumps({"message": reason}).encode()})
        else:
            await serve(scope, receive, _to_no_other_origin(send))

    app.app = guarded


def _to_no_other_origin(send: Send) -> Send:
    """Leave out of the answer what lets pages of any origin read it, which MiniStack adds to all answers.

    What is left names an origin that an API's or a bucket's configuration allows.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            found = [(name, value) for name, value in message["headers"] if name.lower() == ALLOWED]
            shared = found and all(value != b"*" for _, value in found)
            kept = [
                each
                for each in message["headers"]
                if shared or not each[0].lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": kept}
        await send(message)

    return sending


def _root() -> None:
    """Check the root user's signature like any other; its one key is the set-up's."""
    iam_evaluator._is_root_key = lambda key: False
    # A request without a key is one to a function's URL: no other gets this far.
    iam_evaluator.is_root_access_key = sts.is_root_access_key = lambda key: not key or is_root(key)


def _functions() -> None:
    """Give functions keys that cannot be guessed; a function's workers share them."""
    salt = secrets.token_bytes(32)

    def keys(config: dict[str, Any]) -> dict[str, str]:
        function, role = config["FunctionArn"], config["Role"]
        key, secret, token = (
            hmac.digest(salt, f"{part} {function} {role}".encode(), "sha256").hex()
            for part in ("key", "secret", "token")
        )
        key = f"ASIA{key[:16].upper()}"
        session = f"{role.rsplit('/', 1)[-1]}/{config['FunctionName'][:64]}"
        account = parse_arn(function).account_id
        sts.register_session(
            key,
            {
                "Arn": f"arn:aws:sts::{account}:assumed-role/{session}",
                "UserId": session.replace("/", ":"),
                "SecretAccessKey": secret,
                "SessionToken": token,
            },
        )
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = keys
