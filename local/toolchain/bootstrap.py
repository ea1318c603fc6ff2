"""Create the project's environment, ``.venv``, from its lock, with any Python 3.13 and nothing installed.

``python3.13 -m local.toolchain.bootstrap``, with the checkout as the working directory.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from local.toolchain import stamps
from local.toolchain.progress import step, unusable

CHECKOUT = Path(__file__).resolve().parents[2]
ENVIRONMENT = CHECKOUT / ".venv"
LOCK = CHECKOUT / "locks" / "project.txt"


def pinned(lock: str, package: str) -> str:
    """Return the part of a lock that pins one package, with its hashes.

    Raises:
        LookupError: The lock does not contain the package.
    """
    found = re.search(rf"^{re.escape(package)}==.*(?:\n +--hash=.*)+", lock, re.MULTILINE)
    if found is None:
        raise LookupError(f"{package} is not in the lock")
    return found.group()


def main() -> None:
    """Create or renew the environment, unless it matches the lock."""
    wanted = stamps.digest(LOCK, CHECKOUT / "pyproject.toml", str(ENVIRONMENT), sys.version)
    python = ENVIRONMENT / "bin" / "python"
    if stamps.fresh(ENVIRONMENT, wanted) and python.exists():
        return
    if Path(sys.prefix) == ENVIRONMENT:  # it is active in the caller's shell, and cannot renew itself
        base = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
        os.execv(base, [base, "-m", "local.toolchain.bootstrap"])  # noqa: S606
    try:
        with step("Creating the project's environment, .venv"):
            venv.create(ENVIRONMENT, symlinks=True, with_pip=True, clear=not _usable(python))
            with stamps.renewing(ENVIRONMENT, wanted):
                _install(python)
    except OSError as error:
        sys.exit(unusable(error))


def _install(python: Path) -> None:
    _install_uv(python)
    uv = [str(ENVIRONMENT / "bin" / "uv"), "pip"]
    target = ["--quiet", "--python", str(python)]
    _run([*uv, "sync", *target, "--require-hashes", str(LOCK)])
    _run([*uv, "install", *target, "--no-deps", "--no-build-isolation", "--editable", str(CHECKOUT)])


def _usable(python: Path) -> bool:
    """Return whether an environment's Python starts, has this version and was not moved."""
    probe = "import sys; print(sys.version, sys.prefix)"
    try:
        answer = subprocess.run([python, "-c", probe], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == f"{sys.version} {ENVIRONMENT}"


def _install_uv(python: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirement:
        requirement.write(pinned(LOCK.read_text(), "uv") + "\n")
        requirement.flush()
        pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "install", "--require-hashes", "--requirement", requirement.name])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=CHECKOUT, check=False)  # noqa: S603 - the commands stand above
    if done.returncode:
        sys.exit(f"Set-up failed: `{' '.join(command)}` ended with exit code {done.returncode}.")


if __name__ == "__main__":
    main()
