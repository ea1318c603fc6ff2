"""Check the types with mypy, one checkout at a time: all share a cache, which mypy does not lock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from filelock import FileLock

CACHE = Path.home() / ".cache" / "twinlens"


def main() -> int:
    """Run mypy with this command's arguments, and return its exit code."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "mypy.lock"):
        return subprocess.run([sys.executable, "-m", "mypy", *sys.argv[1:]], check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
