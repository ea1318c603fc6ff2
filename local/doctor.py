"""Check this machine for what the local stacks need, and say how to install it."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from local import emulators
from local.toolchain import azurite, chromium, environments, golang, node, pulumi
from local.toolchain.commands import answer

_SET_UP = "Run `make setup`."


@dataclass(frozen=True)
class Finding:
    """One checked requirement.

    ``needed`` says whether the local stacks need it; ``remedy`` how to install it if it is missing.
    """

    name: str
    found: str | None
    needed: bool
    remedy: str


def _python() -> Finding:
    version = platform.python_version() if sys.version_info[:2] == (3, 13) else None
    return Finding("Python 3.13", version, needed=True, remedy="Install Python 3.13, then run `make setup`.")


def _uv() -> Finding:
    return Finding("uv", answer([environments.UV, "--version"]), needed=True, remedy=_SET_UP)


def _ministack() -> Finding:
    return _environment("MiniStack (AWS)", environments.MINISTACK)


def _azure_host() -> Finding:
    return _environment("Azure host", environments.AZURE_HOST)


def _environment(name: str, environment: str) -> Finding:
    found = str(environments.folder(environment)) if environments.ready(environment) else None
    return Finding(name, found, needed=True, remedy=_SET_UP)


def _node() -> Finding:
    found = node.find()
    return Finding("Node.js", str(found.node) if found else None, needed=True, remedy=_SET_UP)


def _azurite() -> Finding:
    found = str(azurite.program().parents[2]) if azurite.ready() else None
    return Finding("Azurite (Azure storage)", found, needed=True, remedy=_SET_UP)


def _pulumi() -> Finding:
    found = pulumi.find()
    remedy = f"{_SET_UP} It builds the CLI in about four minutes, unless you install it first."
    return Finding("Pulumi CLI with Python", str(found) if found else None, needed=True, remedy=remedy)


def _pulumi_on_path() -> Finding:
    found = shutil.which("pulumi")
    remedy = "Only stacks in a cloud need it: install it from https://www.pulumi.com/docs/install/."
    return Finding("Pulumi CLI on PATH", found, needed=False, remedy=remedy)


def _pulumi_login() -> Finding:
    found = answer(["pulumi", "whoami", "--non-interactive"]) if shutil.which("pulumi") else None
    remedy = "Only stacks in a cloud need it: `pulumi login` chooses where Pulumi keeps its state."
    return Finding("Pulumi login", found, needed=False, remedy=remedy)


def _go() -> Finding:
    found = golang.find()
    remedy = "Nothing: only building the Pulumi CLI needs Go, and `make setup` then installs it."
    return Finding("Go", str(found) if found else None, needed=False, remedy=remedy)


def _chromium() -> Finding:
    found = chromium.find()
    remedy = "Only the tests of the report need it: `make test` installs it with apt-get if it may."
    return Finding("Chromium", str(found) if found else None, needed=False, remedy=remedy)


def _emulators() -> Finding:
    well = all(emulators.status().values())
    remedy = "Start them with `twinlens local up`."
    return Finding("Emulators running", "yes" if well else None, needed=False, remedy=remedy)


LOOKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _uv,
    _ministack,
    _azure_host,
    _node,
    _azurite,
    _pulumi,
    _pulumi_on_path,
    _pulumi_login,
    _go,
    _chromium,
    _emulators,
)
