"""Look for known vulnerabilities in all that is locked, and list what each deployed package holds.

Run by ``make audit``, with pip-audit and CycloneDX's generator from ``locks/audit.txt``. The lists, one
software bill of materials a package, are ``out/sbom/<package>.json``. Without a way to the vulnerability
database the lists are written all the same, and what was not audited is said.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = ROOT / "locks"
BILLS = ROOT / "out" / "sbom"
PACKAGED = ("aws-lambda", "azure-functions")  # what goes to the clouds
OFFLINE = ("ConnectionError", "ConnectTimeout", "NameResolutionError", "Max retries exceeded", "ProxyError")


def main() -> int:
    """Audit every lock file; return 1 if one holds something vulnerable."""
    BILLS.mkdir(parents=True, exist_ok=True)
    for name in PACKAGED:
        _bill(name)
    return max([_audit(lock) for lock in sorted(LOCKS.glob("*.txt"))], default=0)


def _bill(name: str) -> None:
    bill = BILLS / f"{name}.json"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(LOCKS / f"{name}.txt")]
    subprocess.run([*command, "--output-reproducible", "--output-file", str(bill)], check=True)  # noqa: S603
    sys.stdout.write(f"{name}: its bill of materials is {bill.relative_to(ROOT)}\n")


def _audit(lock: Path) -> int:
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock)]
    command += ["--require-hashes", "--disable-pip", "--vulnerability-service", "osv"]
    command += ["--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode and any(word in done.stderr for word in OFFLINE):
        sys.stdout.write(f"{lock.stem}: NOT audited, the vulnerability database can't be reached\n")
        return 0
    sys.stdout.write(f"{lock.stem}: {(done.stdout + done.stderr).strip()}\n")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
