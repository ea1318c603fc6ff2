"""Download an app's archive and unpack it into a folder named by its content."""

from __future__ import annotations

import hashlib
import shutil
import stat
import tempfile
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from local.azure.errors import DeploymentError

MAX_UNPACKED_BYTES = 2 * 1024**3
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Package:
    """An unpacked archive; ``digest`` is the SHA-256 of the archive in hex."""

    digest: str
    folder: Path


def fetch(uri: str, folder: Path) -> Package:
    """Download the zip archive at ``uri`` and unpack it under ``folder``, unless that was done before.

    ``uri`` is an ``http(s)`` URL, signed if need be, or a file's path or URL.

    Raises:
        DeploymentError: It cannot be read, is not a zip archive, or would write outside its folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".incoming-") as scratch:
        archive = Path(scratch, "package.zip")
        digest = _download(uri, archive)
        target = folder / digest[:16]
        if not target.exists():
            unpacked = Path(scratch, "unpacked")
            unpack(archive, unpacked)
            unpacked.rename(target)
    return Package(digest, target)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip archive whose every member stays inside ``folder``.

    Raises:
        DeploymentError: It is not a zip archive, a member would leave the folder or is a link, or it
            unpacks to more than :data:`MAX_UNPACKED_BYTES`.
    """
    try:
        with zipfile.ZipFile(archive) as package:
            members = package.infolist()
            for member in members:
                _check_member(member)
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise DeploymentError(f"The package unpacks to more than {MAX_UNPACKED_BYTES} bytes.")
            package.extractall(folder)
    except zipfile.BadZipFile as error:
        raise DeploymentError(f"The package is not a valid zip archive: {error}.") from None


def _check_member(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise DeploymentError(f"The package's member {member.filename!r} would leave its folder.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise DeploymentError(f"The package's member {member.filename!r} is a link.")


def _download(uri: str, target: Path) -> str:
    parts = urlsplit(uri)
    if parts.scheme not in ("", "file", "http", "https"):
        raise DeploymentError(
            f"The package's address begins with {parts.scheme!r}; give http, https or a file."
        )
    shown = parts._replace(
        query=""
    ).geturl()  # the query contains the signature, which must not appear in messages
    source = uri if parts.scheme else Path(uri).absolute().as_uri()
    try:
        with (
            urllib.request.urlopen(source, timeout=TIMEOUT_SECONDS) as response,  # noqa: S310 - checked above
            target.open("wb") as file,
        ):
            shutil.copyfileobj(response, file)
    except urllib.error.HTTPError as error:
        raise DeploymentError(f"The package at {shown} can't be read: HTTP {error.code}.") from None
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise DeploymentError(f"The package at {shown} can't be read: {reason}.") from None
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
