"""Verify the tokens of an OpenID Connect issuer, which a gateway does on AWS."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

import jwt
import requests

from core.front_door.problems import Problem

# Of asymmetric keys alone: a token signed with a secret would be signed with the public key.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 5


def user(authorization: str, issuer: str, audience: str) -> str:
    """Return who has signed in, by the issuer's name and its name for the user.

    Raises:
        Problem: There is no token, or it is not valid here and now; or the issuer does not answer.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(HTTPStatus.UNAUTHORIZED, "Sign in: this needs a token of the issuer.")
    try:
        key = keys(issuer).get_signing_key_from_jwt(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "sub", "aud"]},
        )
    except (jwt.PyJWKClientConnectionError, requests.RequestException):
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "The issuer of tokens does not answer.") from None
    except jwt.PyJWTError:
        raise Problem(HTTPStatus.UNAUTHORIZED, "The token is not valid: sign in again.") from None
    return f"{issuer}\n{claims['sub']}"


@cache
def keys(issuer: str) -> jwt.PyJWKClient:
    """Return the issuer's keys, which are read again from time to time.

    OpenID Connect Discovery 1.0, section 4, says where the issuer names them.
    """
    told = requests.get(
        f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=TIMEOUT_SECONDS
    ).json()
    return jwt.PyJWKClient(told["jwks_uri"], timeout=TIMEOUT_SECONDS, lifespan=3600)
