import hashlib
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pulumi
import pytest

from components import packaging
from components.packaging import ROOT, build


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The project's sources in another folder."""
    root = tmp_path_factory.mktemp("elsewhere") / "project"
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("core", "recipes", "handlers", "locks", "components"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    return root


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("cloud", "architecture"), [("aws", "x86_64"), ("aws", "arm64"), ("azure", "x86_64")]
)
def test_equal_bytes_from_another_folder_at_another_time(cloud, architecture, copy, tmp_path):
    here = build(cloud, architecture)
    there = build(cloud, architecture, root=copy, builds=tmp_path)
    assert here.name == there.name
    assert digest(here) == digest(there)
    assert list(tmp_path.iterdir()) == [there]


def test_an_unchanged_project_finds_its_archive_ready(monkeypatch):
    first = build("aws", "x86_64")
    monkeypatch.setattr(packaging, "_install", lambda *_: pytest.fail("built again"))
    began = time.perf_counter()
    assert build("aws", "x86_64") == first
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("changed", ["recipes/other.toml", "core/job.py", "locks/aws-lambda.txt"])
def test_a_change_makes_another_archive(changed, copy, tmp_path, monkeypatch):
    monkeypatch.setattr(packaging, "_install", lambda *_: None)
    monkeypatch.setitem(packaging.PACKAGES, "aws", replace(packaging.PACKAGES["aws"], trim=lambda _: None))
    before = build("aws", "x86_64", root=copy, builds=tmp_path)
    path = copy / changed
    kept = path.read_bytes() if path.exists() else None
    path.write_bytes((kept or b"") + b"# more\n")
    try:
        after = build("aws", "x86_64", root=copy, builds=tmp_path)
    finally:
        path.unlink() if kept is None else path.write_bytes(kept)
    assert before.name != after.name


def test_what_is_in_the_archives():
    aws, azure = (build(cloud, "x86_64") for cloud in ("aws", "azure"))
    libraries = ".python_packages/lib/site-packages"
    names = zipfile.ZipFile(aws).namelist()
    assert {"core/job.py", "recipes/gallery.toml", "handlers/aws/function.py", "PIL/Image.py"} <= set(names)
    assert not [name for name in names if name.startswith(("handlers/azure", "components", "bin/"))]
    names = zipfile.ZipFile(azure).namelist()
    assert {"function_app.py", "host.json", "core/job.py", f"{libraries}/PIL/Image.py"} <= set(names)
    assert not [name for name in names if name.startswith("handlers/aws")]
    for archive in (aws, azure):
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
        assert {entry.date_time for entry in entries} == {packaging.EARLIEST}
        assert {entry.external_attr for entry in entries} == {0o100644 << 16}
        assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
        assert not [entry for entry in entries if Path(entry.filename).name in packaging.CLUTTER]
    assert aws.stat().st_size < 15 * 2**20


def test_the_functions_import_from_nothing_but_their_archive(tmp_path):
    with zipfile.ZipFile(build("aws", "x86_64")) as opened:
        opened.extractall(tmp_path)
    program = (
        "import handlers.aws.function, boto3; boto3.client('s3', region_name='us-east-1'); print('ready')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.'); {program}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "ready", done.stderr


def test_requirements_that_cannot_be_installed_are_told_without_a_traceback(copy, tmp_path):
    lock = copy / "locks" / "aws-lambda.txt"
    kept = lock.read_text()
    lock.write_text("pillow==0.0.1 --hash=sha256:" + "0" * 64 + "\n")
    try:
        with pytest.raises(pulumi.RunError, match="uv could not install"):
            build("aws", "x86_64", root=copy, builds=tmp_path)
    finally:
        lock.write_text(kept)
    assert not list(tmp_path.iterdir())
