import json
import os
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from bench import offline
from bench.offline import process_photo
from cli.process import process
from core import recipes
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
    result = process_photo(photo, tmp_path / "taken", recipes.load("gallery"))
    assert result.state == "failed"
    assert "can't be written" in result.reason


def test_a_file_that_goes_bad_after_validation_is_rejected(photo: Path, tmp_path: Path, monkeypatch) -> None:
    from core.errors import DamagedPhoto
    from core.steps import process

    def fail(*_: object) -> None:
        raise DamagedPhoto("It broke.")

    monkeypatch.setattr(process, "films", fail)
    result = process_photo(photo, tmp_path / "out", recipes.load("gallery"))
    assert (result.state, result.reason) == ("rejected", "It broke.")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_all_sorts_is_gone_through(photo: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "mixed", tmp_path / "out"
    (folder / "deeper.jpg").mkdir(parents=True)
    names = [b"caf\xe9.png", b"new\nline.PNG", "ä \U0001f308.png".encode()]
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(photo.read_bytes())
    (folder / "link.png").symlink_to(photo)
    (folder / "gone.png").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "empty.gif").touch()
    done = CliRunner().invoke(app, [str(folder), "--out", str(out), "--json"])
    assert done.exit_code == 1, done.output
    results = {Path(each["photo"]).name: each for each in json.loads(done.stdout)}
    good = {*map(os.fsdecode, names), "link.png"}
    assert {name for name, each in results.items() if each["state"] == "succeeded"} == good
    assert {path.name for path in out.iterdir()} == {Path(name).stem for name in good}
    assert results["gone.png"]["reason"] == "It can't be read: No such file or directory."
    assert results["pipe.jpg"]["reason"] == "It is not a regular file."
    assert (results["empty.gif"]["state"], results["empty.gif"]["reason"]) == (
        "rejected",
        "The file is empty.",
    )
    assert set(results) == good | {"gone.png", "pipe.jpg", "empty.gif"}


def test_no_name_leads_out_of_the_folder(photo: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "deep" / "out"
    folder.mkdir()
    for name in ("..png", "...png", "....png"):
        (folder / name).write_bytes(photo.read_bytes())
    done = CliRunner().invoke(app, [str(folder), "--out", str(out)])
    assert "3 of 3 photos succeeded" in done.output
    assert {path.name for path in out.iterdir()} == {"photo", "photo-2", "photo-3"}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_names_that_are_no_text_are_printed(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.png")).touch()
    done = CliRunner().invoke(app, [str(tmp_path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "caf\\xe9.png: rejected: The file is empty." in done.output


def test_the_time_is_in_milliseconds(photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((10.0, 10.25))
    monkeypatch.setattr(offline.time, "perf_counter", lambda: next(moments, 10.25))
    assert process_photo(photo, tmp_path / "out", recipes.load("gallery")).ms == 250.0
