"""Package the code for a cloud: one archive per cloud and processor, with equal bytes for equal sources.

An archive's name contains the hash of its inputs, so that an unchanged project reuses it. Building a new one
removes those that have not been used for long: see :mod:`components.archives`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pulumi
import uv

from components import archives, trimming

ROOT = Path(__file__).parent.parent
# Wheels for these run on Amazon Linux 2023 and on the Functions hosts (glibc 2.28 and newer).
PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest date in a zip file
# Installers' records of time and place, and files that no function needs.
CLUTTER = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
# What of the sources only this machine uses.
NOT_PACKED = ("core/memory", "core/signals.py")
# What of the sources only some deployments need, by the name of the part.
FRONT_DOOR = "front door"
PARTS = {FRONT_DOOR: ("core/front_door", "handlers/aws/front_door.py", "handlers/azure/front_door.py")}


@dataclass(frozen=True)
class Package:
    """The contents of one cloud's archive.

    Attributes:
        lock: The locked requirements, under locks/.
        sources: The files and folders of the project to copy, with their destinations in the archive.
        libraries: The archive's folder for the requirements.
        trim: Removes unneeded files from the installed requirements.
        compiled: Whether modules are compiled ahead.
        texts: Further files by destination, with their contents.
        without: The sources that are left out.
    """

    lock: str
    sources: dict[str, str]
    libraries: str
    trim: Callable[[Path], None]
    compiled: bool = True
    texts: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = NOT_PACKED


LAMBDA = Package(
    lock="aws-lambda.txt",
    sources={name: name for name in ("core", "recipes", "handlers/__init__.py", "handlers/aws")},
    libraries=".",
    trim=trimming.for_aws,
)
PACKAGES = {
    "aws": LAMBDA,
    "aws-durable": replace(LAMBDA, lock="aws-durable.txt", trim=trimming.for_aws_durable),
    "azure": Package(
        lock="azure-functions.txt",
        sources={name: name for name in ("core", "recipes", "handlers/__init__.py", "handlers/azure")}
        | {"handlers/azure/function_app.py": "function_app.py", "handlers/azure/host.json": "host.json"},
        libraries=".python_packages/lib/site-packages",
        trim=trimming.for_azure,
    ),
}


def build(
    cloud: str,
    architecture: str,
    root: Path = ROOT,
    builds: Path | None = None,
    texts: Mapping[str, str] | None = None,
    parts: Collection[str] = (),
) -> Path:
    """Return the cloud's archive for this processor, rebuilt only if something in it has changed.

    ``texts`` are files that depend on a deployment's settings, by destination; they replace sources.
    ``parts`` are those of :data:`PARTS` that it needs.

    Raises:
        pulumi.RunError: The requirements can't be installed; the message is the installer's.
    """
    unused = tuple(path for name, paths in PARTS.items() if name not in parts for path in paths)
    package = replace(PACKAGES[cloud], texts=texts or {}, without=(*NOT_PACKED, *unused))
    builds = builds or root / "build"
    archive = builds / f"{cloud}-{architecture}-{_fingerprint(package, architecture, root)}.zip"
    if archives.take(archive):
        return archive
    builds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=builds) as temporary:
        finished = Path(temporary, "archive.zip")
        make(package, architecture, root, finished)
        finished.replace(archive)
    archives.prune(builds)
    return archive


def make(package: Package, architecture: str, root: Path, archive: Path) -> None:
    """Write the package's archive.

    Raises:
        pulumi.RunError: The requirements can't be installed; the message is the installer's.
    """
    with tempfile.TemporaryDirectory(dir=archive.parent) as temporary:
        tree = Path(temporary)
        libraries = tree / package.libraries
        libraries.mkdir(parents=True, exist_ok=True)
        _install(root / "locks" / package.lock, architecture, libraries)
        _clean(libraries)
        package.trim(libraries)
        for source, target in package.sources.items():
            _copy(root, source, tree / target, package.without)
        for target, text in package.texts.items():
            (tree / target).write_text(text)
        if package.compiled:
            _compile(tree)
        _zip(tree, archive)


def _fingerprint(package: Package, architecture: str, root: Path) -> str:
    inputs = [Path("locks", package.lock)]
    inputs += [Path("components", name) for name in ("packaging.py", "trimming.py")]
    for source in package.sources:
        inputs.extend(_files(root, source, package.without))
    digest = hashlib.sha256(f"{architecture} {sys.version} {sorted(package.texts.items())}".encode())
    for path in inputs:
        content = hashlib.sha256((root / path).read_bytes()).hexdigest()
        digest.update(f"\n{path.as_posix()} {content}".encode())
    return digest.hexdigest()[:16]


def _files(root: Path, source: str, without: Collection[str]) -> Iterator[Path]:
    """Yield the source's files that are packed, relative to ``root``, in a fixed order."""
    found = [root / source] if (root / source).is_file() else sorted((root / source).rglob("*"))
    for path in found:
        inside = path.relative_to(root)
        if path.is_file() and "__pycache__" not in inside.parts and not _left_out(inside, without):
            yield inside


def _left_out(path: Path, without: Collection[str]) -> bool:
    return any(path.is_relative_to(folder) for folder in without)


def _install(lock: Path, architecture: str, target: Path) -> None:
    version = ".".join(map(str, sys.version_info[:2]))
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--target", str(target)]
    command += ["--python", sys.executable, "--python-version", version, "--link-mode", "copy"]
    command += ["--python-platform", PLATFORMS[architecture], "--only-binary", ":all:"]
    command += ["--no-deps", "--require-hashes", "--requirements", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise pulumi.RunError(
            f"The code cannot be packaged: uv could not install {lock}:\n{done.stderr.strip()}"
        )


def _clean(libraries: Path) -> None:
    shutil.rmtree(libraries / "bin", ignore_errors=True)
    (libraries / ".lock").unlink(missing_ok=True)
    for path in libraries.glob("*.dist-info/*"):
        if path.name in CLUTTER:
            path.unlink()


def _copy(root: Path, source: str, target: Path, without: Collection[str]) -> None:
    for path in _files(root, source, without):
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, to)


def _compile(tree: Path) -> None:
    """Compile every module for the Python of the function, which shortens cold starts.

    The compiled files are not checked against their sources, whose dates the archive does not keep.
    """
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(tree), str(tree)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    # A module with syntax for another Python version is left as it is, as installers do.
    subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603


def _zip(tree: Path, archive: Path) -> None:
    files = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    with zipfile.ZipFile(archive, "w") as opened:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            opened.writestr(entry, path.read_bytes())
