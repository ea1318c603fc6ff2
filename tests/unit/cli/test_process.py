import json
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from cli.process import process, process_photo
from core import recipe
from core.errors import RecipeError, SetupError

app = typer.Typer()
app.command()(process)

NAMES = {f"{size}.{kind}" for size in ("display", "thumbnail", "filtered") for kind in ("jpg", "webp")}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "beach.png"
    Image.radial_gradient("L").convert("RGB").save(path)
    return path


def test_one_photo_makes_all_outputs(photo: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [str(photo), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "1 of 1 photos succeeded" in done.output
    assert {path.name for path in (tmp_path / "out" / "beach").iterdir()} == NAMES


def test_json_tells_everything(photo: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [str(photo), "--out", str(tmp_path / "out"), "--json"])
    [result] = json.loads(done.stdout)
    assert (result["state"], result["reason"], result["width"], result["format"]) == (
        "succeeded",
        None,
        256,
        "png",
    )
    assert {Path(file["path"]).stat().st_size == file["bytes"] for file in result["files"]} == {True}


def test_a_bad_photo_stops_no_other_and_leaves_nothing(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "notes.txt").write_text("not looked at")
    done = CliRunner().invoke(app, [str(tmp_path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "1 of 2 photos succeeded" in done.output
    [line] = [line for line in done.output.splitlines() if "broken.jpg" in line]
    assert "rejected: The JPEG file is " in line
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["beach"]


def test_photos_of_one_name_get_folders_of_their_own(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "beach.png"
    other.write_bytes(photo.read_bytes())
    done = CliRunner().invoke(app, [str(photo), str(other), str(photo), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"beach", "beach-2"}


def test_an_empty_folder_and_a_wrong_recipe_are_explained(tmp_path: Path, photo: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(app, [str(tmp_path / "empty")])
    assert isinstance(done.exception, SetupError)
    done = CliRunner().invoke(app, [str(photo), "--recipe", "../etc"])
    assert isinstance(done.exception, RecipeError)


def test_a_place_that_cannot_be_written_is_a_failure(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = process_photo(photo, tmp_path / "taken", recipe.load("gallery"))
    assert result.state == "failed"
    assert "can't be written" in result.reason


def test_a_file_that_goes_bad_after_validation_is_rejected(photo: Path, tmp_path: Path, monkeypatch) -> None:
    from core.errors import DamagedPhoto
    from core.steps import process

    def fail(*_: object) -> None:
        raise DamagedPhoto("It broke.")

    monkeypatch.setattr(process, "films", fail)
    result = process_photo(photo, tmp_path / "out", recipe.load("gallery"))
    assert (result.state, result.reason) == ("rejected", "It broke.")
    assert not (tmp_path / "out").exists()
