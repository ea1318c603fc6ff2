import json
from dataclasses import replace

import pytest
from PIL import Image

from core import recipes
from core.job import Artifact, Photo
from core.steps import Tools, execute
from core.store import manifest

PHOTO = Photo("jpeg", 1200, 800, 1)


def artifact(name: str, width: int, height: int, kind: str = "image/jpeg") -> Artifact:
    return Artifact(name, f"jobs/x/{name}", kind, width, height, 10)


def made(picture: Image.Image, *artifacts: Artifact) -> dict:
    encoded = manifest.make(PHOTO, picture, artifacts, {"large", "square", "small"})
    assert (encoded.extension, encoded.content_type) == ("json", "application/json")
    return json.loads(encoded.data)


def test_a_srcset_lists_what_shows_the_whole_photo_by_width() -> None:
    document = made(
        Image.new("RGB", (60, 40)),
        artifact("large.jpg", 600, 400),
        artifact("square.jpg", 100, 100),
        artifact("small.jpg", 100, 67),
        artifact("filtered.jpg", 300, 200),
        artifact("large.webp", 600, 400, "image/webp"),
    )
    assert document["srcset"] == {
        "image/jpeg": "small.jpg 100w, large.jpg 600w",
        "image/webp": "large.webp 600w",
    }
    assert (document["width"], document["height"]) == (1200, 800)
    assert document["images"][1] == {
        "name": "square.jpg",
        "type": "image/jpeg",
        "width": 100,
        "height": 100,
        "bytes": 10,
    }


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_colour_is_the_most_frequent_one(mode: str) -> None:
    image = Image.new(mode, (300, 200), "#2040c0")
    image.paste("#ffff00", (0, 0, 60, 60))
    assert made(image)["colour"] == "#2040c0"


def test_the_blurhash_tells_pictures_apart(colourful: Image.Image) -> None:
    one, other = made(colourful)["blurhash"], made(colourful.rotate(180))["blurhash"]
    assert one != other
    assert 20 < len(one) < 40


def test_a_recipe_that_asks_gets_it_as_the_last_artifact(job, tools: Tools, encode, colourful) -> None:
    tools.input.objects[job.source.key] = encode(colourful.resize((900, 600)), "JPEG")
    wanted = recipes.load("responsive")
    done = execute("process", replace(job, recipe=wanted.name), replace(tools, recipe=wanted))
    last = done.artifacts[-1]
    assert (last.name, last.content_type) == ("manifest.json", "application/json")
    document = json.loads(tools.output.objects[last.key])
    assert [each["name"] for each in document["images"]] == [each.name for each in done.artifacts[:-1]]
    assert document["srcset"]["image/jpeg"] == "w400.jpg 400w, w800.jpg 800w, w1600.jpg 900w"
