"""The Pulumi CLI: the machine's, or one built from Go modules whose checksums are committed.

Pulumi's installer is not used: it downloads programs without a checksum that could be committed here.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from semver import VersionInfo

from local.toolchain import build, cache
from local.toolchain.commands import answer
from local.toolchain.versions import Version, parse, show

PINNED: Version = (3, 259, 0)  # the SDK's version in the project's lock
OLDEST: Version = (3, 219, 0)  # the first with hooks on errors: components/azure/patience.py
BEYOND: Version = (4,)

_LANGUAGE_HOST = "pulumi-language-python"
_known: dict[tuple[Path, int], Version] = {}


def find() -> Path | None:
    """Return the folder with a usable CLI, on PATH or in the user's cache, or ``None``."""
    on_path = shutil.which("pulumi")
    if on_path and usable(Path(on_path).parent):
        return Path(on_path).parent
    cached = _cached() / "bin"
    return cached if usable(cached) else None


def ensure() -> Path:
    """Return the folder with the CLI and its Python language host, building them if necessary.

    Building takes about four minutes on two cores, once for all checkouts of a user.

    Raises:
        ToolMissing: The CLI cannot be found or built.
    """
    found = find()
    if found is not None:
        return found
    lock = cache.root() / f"{_cached().name}.lock"
    with cache.locked(lock, "Another process is building the Pulumi CLI; waiting for it ..."):
        found = find()
        if found is None:
            with cache.drafting(_cached()) as draft:
                build.pulumi(draft / "bin", show(PINNED))
            found = _cached() / "bin"
    return found


def usable(folder: Path) -> bool:
    """Return whether a folder's CLI starts, has a supported version and a language host for Python."""
    host = shutil.which(
        _LANGUAGE_HOST, path=os.pathsep.join((str(folder), os.environ.get("PATH", os.defpath)))
    )
    return host is not None and OLDEST <= (_version(folder) or ()) < BEYOND


def version(folder: Path) -> VersionInfo:
    """Return the version of a folder's CLI, which must be usable."""
    return VersionInfo(*(_version(folder) or OLDEST))


def _version(folder: Path) -> Version | None:
    """Return the version of a folder's CLI; one that has not changed since is not asked again."""
    program = folder / "pulumi"
    if not program.exists():
        return None
    asked = program, program.stat().st_mtime_ns
    if asked not in _known:
        found = parse(answer([program, "version"]) or "")
        if found is None:
            return None
        _known[asked] = found
    return _known[asked]


def _cached() -> Path:
    return cache.root() / f"pulumi-{show(PINNED)}"
