"""Measure how long a new worker takes to be ready, from the archives that are deployed.

Run it on a machine that does nothing else:

    .venv/bin/python -m benchmarks.cold_start

A worker is ready when it has imported its handler and made every client that its first invocation needs: for
a Lambda step the S3 client, for the Azure app the ledger's client with the managed identity, since the claim
comes first. Measured from the start of the interpreter, which imports from nothing but the unpacked archive,
with files in the system's cache. The platform's own part (sandbox, runtime, host) comes on top.

"as installed" is the same code with the same locked requirements as an installer leaves them: nothing
removed, nothing compiled ahead, and nowhere to keep what is compiled, since a cloud's code folder is
read-only. "compiled" is that, compiled ahead; "deployed" is what ``components.packaging`` makes of it. The
contenders take turns, so that whatever else the machine does falls on all of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from components import trimming
from components.packaging import PACKAGES, ROOT, Package, make

LIBRARIES = PACKAGES["azure"].libraries
AWS = """
import handlers.aws.function
from core.steps import load
from core.tools import tools
from handlers.aws.clients import client
from handlers.aws.stores import S3Store
load("validate")
tools(S3Store)
client("s3")
"""
AZURE = f"""
sys.path.append({LIBRARIES!r})
import function_app
from core.tools import tools
from handlers.azure import adapters
adapters.ledger()
"""
LIMITS_MS = {"aws": 350, "azure": 700}
LEAST_RATIO = 1.5
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "TWINLENS_STEP": "validate",
    "TWINLENS_INPUT_CONTAINER": "input",
    "TWINLENS_OUTPUT_CONTAINER": "output",
    "TWINLENS_RECIPE": "gallery",
    "TWINLENS_MAX_BYTES": "1000000",
    "TWINLENS_MAX_PIXELS": "1000000",
    "TWINLENS_UPLOADS_QUEUE": "uploads",
    "TWINLENS_LEDGER_TABLE": "ledger",
    "TWINLENS_SUCCESS_QUEUE": "success",
    "TWINLENS_ERROR_QUEUE": "error",
    "PHOTOS__blobServiceUri": "https://photos.blob.core.windows.net/",
    "PHOTOS__queueServiceUri": "https://photos.queue.core.windows.net/",
    "PHOTOS__tableServiceUri": "https://photos.table.core.windows.net/",
    "PHOTOS__credential": "managedidentity",
    "PHOTOS__clientId": "00000000-0000-0000-0000-000000000000",
    "IDENTITY_ENDPOINT": "http://localhost:42356/msi/token",
    "IDENTITY_HEADER": "none",
}
PROGRAMS = {"aws": AWS, "azure": AZURE}


@dataclass(frozen=True)
class Ready:
    """One worker's start in milliseconds of wall time and of CPU time."""

    wall: float
    cpu: float


def variants(package: Package) -> dict[str, Package]:
    """Return the packages to compare."""
    return {
        "as installed": replace(package, trim=trimming.nothing, compiled=False),
        "compiled": replace(package, trim=trimming.nothing),
        "deployed": package,
    }


def unpack(package: Package, folder: Path) -> int:
    """Build the package and unpack it into the folder; return the archive's size in bytes."""
    folder.mkdir(parents=True)
    archive = folder.with_suffix(".zip")
    make(package, "x86_64", ROOT, archive)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return archive.stat().st_size


def start(cloud: str, folder: Path) -> Ready:
    """Start a worker and return how long it took to be ready."""
    program = f"import sys; sys.path.insert(0, '.')\n{PROGRAMS[cloud]}"
    program += "\nimport time; print(time.process_time(), flush=True)"
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-B", "-c", program],
        cwd=folder,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=True,
    )
    return Ready((time.perf_counter() - began) * 1000, float(done.stdout) * 1000)


def main() -> None:
    """Build, take turns, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=15)
    repetitions = parser.parse_args().repetitions
    console = Console(width=110)
    with TemporaryDirectory() as temporary:
        folders = {
            (cloud, name): Path(temporary, cloud, name)
            for cloud in PACKAGES
            for name in variants(PACKAGES[cloud])
        }
        with console.status("Building the archives ..."):
            sizes = {
                (cloud, name): unpack(variants(PACKAGES[cloud])[name], folder)
                for (cloud, name), folder in folders.items()
            }
        with console.status("Starting workers ..."):
            for (cloud, _), folder in folders.items():
                start(cloud, folder)  # fills the system's cache
            turns = [
                {each: start(each[0], folder) for each, folder in folders.items()} for _ in range(repetitions)
            ]
    table = Table("worker", "archive", "MB", "ms, median", "ms, fastest", "CPU ms, median", "times as fast")
    for cloud, name in folders:
        walls = [turn[cloud, name].wall for turn in turns]
        ratio = statistics.median(turn[cloud, "as installed"].wall / turn[cloud, name].wall for turn in turns)
        table.add_row(
            {"aws": "Lambda step", "azure": "Azure app"}[cloud],
            name,
            f"{sizes[cloud, name] / 2**20:.1f}",
            f"{statistics.median(walls):.0f}",
            f"{min(walls):.0f}",
            f"{statistics.median(turn[cloud, name].cpu for turn in turns):.0f}",
            f"{ratio:.2f}",
        )
    console.print(table)
    for cloud, limit in LIMITS_MS.items():
        console.print(f"Target, {cloud}: at most {limit} ms, and {LEAST_RATIO} times as fast as installed.")


if __name__ == "__main__":
    main()
