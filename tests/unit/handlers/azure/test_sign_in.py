"""Tokens are accepted from the issuer alone, for the audience, in time, and signed by a key of the issuer."""

import json
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from core.front_door.problems import Problem
from handlers.azure import sign_in

ISSUER, AUDIENCE = "https://login.example.com/tenant", "photos"
KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice"}


def token(key=KEY, algorithm="RS256", seconds=600, **changed):
    claims = {**CLAIMS, "exp": time.time() + seconds, **changed}
    return jwt.encode(
        {name: each for name, each in claims.items() if each}, key, algorithm, headers={"kid": "1"}
    )


@pytest.fixture(autouse=True)
def issuer(monkeypatch):
    """An issuer with one key; what it is asked for is kept."""
    sign_in.keys.cache_clear()
    asked = []
    told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "1", "use": "sig"}

    def get(url, timeout):
        asked.append(url)
        made = requests.Response()
        made.status_code, made._content = 200, json.dumps({"jwks_uri": "https://keys"}).encode()
        return made

    monkeypatch.setattr(requests, "get", get)
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda self: {"keys": [told]})
    yield asked
    sign_in.keys.cache_clear()


def test_a_user_is_named_by_the_issuer(issuer):
    assert sign_in.user(f"Bearer {token()}", ISSUER, AUDIENCE) == f"{ISSUER}\nalice"
    assert (
        sign_in.user(f"bearer {token(seconds=-30)}", ISSUER, AUDIENCE) == f"{ISSUER}\nalice"
    )  # a clock's error
    assert issuer == [f"{ISSUER}/.well-known/openid-configuration"]  # once for a worker


WRONG = {
    "none": lambda: "",
    "no token": lambda: "Bearer ",
    "another scheme": lambda: f"Basic {token()}",
    "not a token": lambda: "Bearer x.y.z",
    "another key": lambda: f"Bearer {token(OTHER)}",
    "expired": lambda: f"Bearer {token(seconds=-3600)}",
    "for others": lambda: f"Bearer {token(aud='others')}",
    "of another issuer": lambda: f"Bearer {token(iss='https://evil.example.com')}",
    "of nobody": lambda: f"Bearer {token(sub=None)}",
    "for nobody": lambda: f"Bearer {token(aud=None)}",
    "signed with a secret": lambda: f"Bearer {token('x' * 32, 'HS256')}",
    "not signed": lambda: f"Bearer {jwt.encode({**CLAIMS, 'exp': 2**31}, '', 'none')}",
    "changed": lambda: f"Bearer {token()[:-8]}AAAAAAAA",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_any_other_token_is_refused_without_a_reason(wrong):
    with pytest.raises(Problem, match=r"^(Sign in|The token is not valid)") as refused:
        sign_in.user(WRONG[wrong](), ISSUER, AUDIENCE)
    assert refused.value.status == 401


def test_an_issuer_that_does_not_answer_is_no_fault_of_the_user(monkeypatch):
    def fail(*_, **__):
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(requests, "get", fail)
    with pytest.raises(Problem, match="does not answer") as refused:
        sign_in.user(f"Bearer {token()}", ISSUER, AUDIENCE)
    assert refused.value.status == 503
