"""Look for known vulnerabilities in all locked packages, and list the contents of each cloud's archives.

Run by ``make audit``, with pip-audit and CycloneDX's generator from ``locks/audit.txt``. The lists, one
software bill of materials an archive, are ``out/sbom/<archive>.json``; they name what was found in the
archive itself. If the vulnerability database cannot be reached, the lists are still written, and the report
says what was not audited.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = ROOT / "locks"
BILLS = ROOT / "out" / "sbom"
OFFLINE = ("ConnectionError", "ConnectTimeout", "NameResolutionError", "Max retries exceeded", "ProxyError")
# By the project's own interpreter: an archive for every cloud and processor, as `pulumi up` delivers it.
BUILD = """
from components import packaging, settings
from components.azure.instance import Instance
from components.azure.orchestration import host_json
from core.deployment.limits import DEFAULT_MAX_BYTES
for name, cloud in settings.CLOUDS.items():
    activities = Instance.of(cloud.default_memory_mb, DEFAULT_MAX_BYTES).activities
    texts = {"host.json": host_json(cloud.orchestrators[0], activities)} if name == "azure" else None
    for architecture in cloud.architectures:
        print(packaging.build(name, architecture, texts=texts))
"""


def main() -> int:
    """Audit every lock file; return 1 if one contains a vulnerable package."""
    BILLS.mkdir(parents=True, exist_ok=True)
    for old in BILLS.glob("*.json"):
        old.unlink()
    python = ROOT / ".venv" / "bin" / "python"
    built = subprocess.run([python, "-c", BUILD], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    for archive in built.stdout.splitlines():
        bill = BILLS / f"{Path(archive).stem}.json"
        bill.write_text(json.dumps(bill_of(Path(archive)), indent=2) + "\n")
        sys.stdout.write(f"{Path(archive).name}: its bill of materials is {bill.relative_to(ROOT)}\n")
    return max([_audit(lock) for lock in sorted(LOCKS.glob("*.txt"))], default=0)


def held(archive: Path) -> list[str]:
    """Return the distributions in the archive as ``name==version``, according to their metadata."""
    with zipfile.ZipFile(archive) as opened:
        metadata = [
            message_from_bytes(opened.read(name))
            for name in opened.namelist()
            if name.endswith(".dist-info/METADATA")
        ]
    return sorted(f"{each['Name']}=={each['Version']}" for each in metadata)


def bill_of(archive: Path) -> dict[str, object]:
    """Return the archive's bill of materials in CycloneDX's JSON form."""
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "--output-reproducible", "-"]
    listed = "\n".join(held(archive))
    made = subprocess.run(command, input=listed, check=True, capture_output=True, text=True)  # noqa: S603
    bill: dict[str, object] = json.loads(made.stdout)
    content = hashlib.sha256(archive.read_bytes()).hexdigest()
    hashes = [{"alg": "SHA-256", "content": content}]
    itself = {"type": "application", "name": archive.name, "bom-ref": "archive", "hashes": hashes}
    metadata = bill.get("metadata")
    bill["metadata"] = {**(metadata if isinstance(metadata, dict) else {}), "component": itself}
    return bill


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
