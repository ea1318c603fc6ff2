"""Azurite, Microsoft's storage emulator, from the locked npm manifest beside this package."""

from __future__ import annotations

from pathlib import Path

from local.state import CHECKOUT
from local.toolchain import node, stamps
from local.toolchain.commands import run
from local.toolchain.progress import step

_MANIFEST = CHECKOUT / "local"
_MODULES = _MANIFEST / "node_modules"


def program() -> Path:
    """Return the script that Node.js runs."""
    return _MODULES / "azurite" / "dist" / "src" / "azurite.js"


def ready() -> bool:
    """Return whether Azurite is installed as the lock requires."""
    return stamps.fresh(_MODULES, _wanted())


def install() -> None:
    """Install Azurite as the lock requires, if necessary.

    Raises:
        ToolMissing: npm could not install it.
    """
    if ready():
        return
    tools = node.ensure()
    with step("Installing Azurite, local/node_modules"):
        _MODULES.mkdir(exist_ok=True)
        with stamps.renewing(_MODULES, _wanted()):
            npm: list[str | Path] = [
                *tools.npm,
                "ci",
                "--omit=dev",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
            ]
            run(npm, cwd=_MANIFEST, environment=tools.environment())


def _wanted() -> str:
    return stamps.digest(_MANIFEST / "package-lock.json")
