import os
import sys
import types
from multiprocessing import get_context
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

import bench.offline as module
from bench.offline import Result
from cli.process import process
from core.job import Photo

app = typer.Typer()
app.command()(process)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "beach.png"
    Image.radial_gradient("L").convert("RGB").save(path)
    return path


def die_of_one(photo: Path, folder: Path, recipe: object) -> Result:
    """Stand for ``process_photo`` in another process, which one photo kills."""
    if photo.name == "deadly.png":
        os._exit(9)
    return Result(photo, "succeeded", 1.0, "", Photo("png", 1, 1, 1), folder)


def test_a_photo_that_kills_its_process_stops_no_other(tmp_path: Path, monkeypatch) -> None:
    for name in ("a.png", "deadly.png", "z.png"):
        (tmp_path / name).touch()
    # What runs in the other processes is looked up by its module's name.
    stand_in = types.ModuleType("stand_in")
    monkeypatch.setattr(module, "get_context", lambda _: get_context("fork"))
    monkeypatch.setitem(sys.modules, "stand_in", stand_in)
    monkeypatch.setattr(die_of_one, "__module__", "stand_in")
    monkeypatch.setattr(stand_in, "die_of_one", die_of_one, raising=False)
    monkeypatch.setattr(module, "process_photo", die_of_one)
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    done = CliRunner().invoke(app, [str(tmp_path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "2 of 3 photos succeeded" in done.output
    assert "deadly.png: failed: Its process died" in done.output
