"""The front doors of deployed stacks, as a page on this machine uses them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from bench.stack import DeployedStack
from compare.run import Where
from core.errors import SetupError

SECONDS = 30  # for a front door to answer


@dataclass(frozen=True)
class OpenDoor:
    """The front door of one stack: the address of its API, and the origins of its API and its stores."""

    stack: str
    api: str
    origins: tuple[str, ...]


def open_doors(stacks: Iterable[str], page: str) -> list[OpenDoor]:
    """Return the front doors of the stacks, each of which a page of this origin may use.

    Raises:
        SetupError: A stack is not deployed, has no front door, or its front door does not answer or lets no
            page of this origin in; the message has all of them.
    """
    doors, mistakes = [], []
    for stack in dict.fromkeys(stacks):
        deployed = DeployedStack.of(stack)
        outputs = deployed.outputs
        if mistake := _mistake(stack, outputs, page):
            mistakes.append(mistake)
        else:
            doors.append(OpenDoor(stack, outputs["apiUrl"], origins(outputs, deployed.where)))
    if mistakes:
        raise SetupError("\n".join(mistakes))
    return doors


def origins(outputs: Mapping[str, Any], where: Where) -> tuple[str, ...]:
    """Return the origins that a stack's page reaches: the API's, and those of uploads and results."""
    stores: Iterable[str]
    if outputs["cloud"] != "aws":
        stores = [_origin(outputs["storeEndpoint"])]
    elif where == "emulator":
        stores = [_origin(os.environ["AWS_ENDPOINT_URL"])]
    else:
        hosts = ("s3.amazonaws.com", f"s3.{outputs['region']}.amazonaws.com")
        buckets = (outputs["inputContainer"], outputs["outputContainer"])
        stores = [f"https://{bucket}.{host}" for bucket in buckets for host in hosts]
    return tuple(dict.fromkeys([_origin(outputs["apiUrl"]), *stores]))


def _mistake(stack: str, outputs: Mapping[str, Any], page: str) -> str:
    config = f"pulumi config set -s {stack} twinlens:"
    if not outputs["apiUrl"]:
        return (
            f"The stack {stack!r} has no front door: `{config}frontDoor true`, "
            f"`{config}pageOrigin {page}` and `pulumi up -s {stack}` give it one."
        )
    asked = {
        "Origin": page,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    try:
        answer = requests.options(f"{outputs['apiUrl']}/uploads", headers=asked, timeout=SECONDS)
    except requests.RequestException:
        return f"The front door of {stack!r} does not answer: {outputs['apiUrl']}."
    if answer.headers.get("Access-Control-Allow-Origin") != page:
        return (
            f"The front door of {stack!r} lets in no page of {page}: "
            f"`{config}pageOrigin {page}` and `pulumi up -s {stack}` let it in."
        )
    return ""


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
