"""Packages: what is unpacked, and what is refused."""

import stat
import zipfile
from pathlib import Path

import pytest

from local.azure.errors import DeploymentError
from local.azure.packages import fetch, unpack


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "app.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("host.json", "{}")
        package.writestr("core/job.py", "JOB = 1")
    return path


def _archive(tmp_path: Path, name: str | zipfile.ZipInfo) -> Path:
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(name, "content")
    return path


@pytest.mark.parametrize("form", ["path", "uri"])
def test_unpacks_a_file_into_a_folder_per_content(archive: Path, tmp_path: Path, form: str) -> None:
    package = fetch(str(archive) if form == "path" else archive.as_uri(), tmp_path / "packages")
    assert (package.folder / "core" / "job.py").read_text() == "JOB = 1"
    assert package.digest.startswith(package.folder.name)
    assert [each.name for each in (tmp_path / "packages").iterdir()] == [package.folder.name]


def test_the_same_content_is_unpacked_once(archive: Path, tmp_path: Path) -> None:
    first = fetch(str(archive), tmp_path / "packages")
    (first.folder / "mark").touch()
    assert fetch(str(archive), tmp_path / "packages") == first
    assert (first.folder / "mark").exists()


@pytest.mark.parametrize("name", ["../evil.py", "a/../../evil.py", "/etc/evil", "..\\evil.py"])
def test_refuses_members_that_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeploymentError, match="would leave its folder"):
        fetch(str(_archive(tmp_path, name)), tmp_path / "packages")
    assert not list((tmp_path / "packages").iterdir())


def test_refuses_links(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(DeploymentError, match="is a link"):
        unpack(_archive(tmp_path, link), tmp_path / "target")


def test_refuses_what_unpacks_too_large(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.azure.packages.MAX_UNPACKED_BYTES", 5)
    with pytest.raises(DeploymentError, match="more than 5 bytes"):
        unpack(archive, tmp_path / "target")


def test_refuses_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("hello")
    with pytest.raises(DeploymentError, match="not a valid zip archive"):
        fetch(str(tmp_path / "text.zip"), tmp_path / "packages")


def test_names_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match=r"missing\.zip can't be read"):
        fetch(str(tmp_path / "missing.zip"), tmp_path / "packages")


def test_refuses_other_schemes(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="begins with 'ftp'"):
        fetch("ftp://somewhere/app.zip", tmp_path)
