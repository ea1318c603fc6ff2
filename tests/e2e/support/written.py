"""All that stacks write down and show. No secret may be in it: keys, links, tokens, handles, signatures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3
from typer.testing import CliRunner

from cli.main import app
from local import state

SIGNATURE = re.compile(rb"[?&](sig|X-Amz-Signature)=[^&\"\s]{8}|\"sig=[^&\"\s]{8}")
# What plays the clouds themselves knows what it signed: Azurite's requests, the deployments of the stand-in.
CLOUDS_THEMSELVES = ("azurite.log", "azure-resources.db")
FOLDERS = ("logs", "pulumi", "azure-host")  # what a set-up keeps on disk, beside local.json itself


def files() -> dict[str, bytes]:
    """Return what the set-up's files hold, by their paths."""
    paths = [path for name in FOLDERS for path in (state.path().parent / name).rglob("*")]
    # The host's copy of the package is the code as it was delivered.
    return {str(path): path.read_bytes() for path in paths if path.is_file() and "packages" not in path.parts}


def written(stand: Any, jobs: Iterable[str] = ()) -> dict[str, bytes]:
    """Return all that is written and shown about a stack, and about some of its jobs, by where that is.

    Of the notifications of a question the link is left out, which is meant for whoever decides.
    """
    outputs, stack = stand.deployment.outputs, stand.deployment.stack
    told = [
        {name: part for name, part in each.items() if name != "link"} for _, each in stand.notifications()
    ]
    shown = {
        "outputs": json.dumps(dict(outputs)),
        "ledger": json.dumps([row.document for row in stand.deployment.rows()]),
        "repr": repr(list(stand.deployment.rows())),
        "notifications": json.dumps(told),
    }
    for command in (["list"], ["list", "--json"], *(["show", job] for job in jobs)):
        shown[" ".join(command)] = CliRunner().invoke(app, ["jobs", *command, "-s", stack]).output
    logged = _logged() if outputs["cloud"] == "aws" else {}
    return files() | {where: text.encode() for where, text in (shown | logged).items()}


def leaks(told: Mapping[str, bytes], secrets: Iterable[str]) -> list[str]:
    """Return where a secret is, or a signature that the place itself did not make."""
    hidden = [each.encode() for each in secrets]
    return [
        where
        for where, text in told.items()
        if any(each in text for each in hidden)
        or (not where.endswith(CLOUDS_THEMSELVES) and SIGNATURE.search(text))
    ]


def signature(url: str) -> str:
    """Return the signature of a signed address."""
    query = dict(parse_qsl(urlsplit(url).query))
    return query.get("sig") or query["X-Amz-Signature"]


def _logged() -> dict[str, str]:
    """Return the lines of each log group of CloudWatch."""
    logs, found = boto3.client("logs"), {}
    for group in logs.describe_log_groups()["logGroups"]:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        found[group["logGroupName"]] = "\n".join(each["message"] for page in pages for each in page["events"])
    return found
