"""What a format can't hold is clamped, or ends one photo and no batch."""

from io import BytesIO

import pytest
from PIL import Image

from core.errors import PhotoError, RecipeError
from core.photo import filters, formats
from core.photo.film import Film
from core.photo.formats import Settings

RED, GREEN = (Image.new("RGB", (16, 16), colour) for colour in ("red", "lime"))


def times(data: bytes) -> list[float]:
    with Image.open(BytesIO(data)) as image:
        found = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            found.append(image.info["duration"])
        return found


@pytest.mark.parametrize(
    ("durations", "wanted"),
    [
        ((700_000, 100), [655_350, 100]),
        ((400_000, 100), [400_000, 100]),
        ((1_000_000, 1_000_000), [655_350, 655_350]),
    ],
)
def test_a_gif_shows_a_picture_for_655_seconds_at_most(durations: tuple, wanted: list[int]) -> None:
    assert times(formats.animate("gif", Film((RED, GREEN), durations), Settings()).data) == wanted


def test_equal_neighbours_of_a_gif_are_one_for_no_longer_than_that() -> None:
    film = Film((RED, RED, RED, GREEN), (400_000, 400_000, 100, 100))
    assert times(formats.animate("gif", film, Settings()).data) == [655_350, 100]
    alone = Film((RED, RED), (400_000, 400_000))
    assert formats.animate("gif", alone, Settings()).data.startswith(b"GIF8")


def test_a_webp_shows_a_picture_for_four_hours_at_most() -> None:
    made = formats.animate("webp", Film((RED, GREEN), (20_000_000, 100)), Settings()).data
    assert sum(times(made)) == pytest.approx(2**24 + 99, abs=2)


@pytest.mark.parametrize("name", ["gif", "webp"])
@pytest.mark.parametrize("plays", [0, 1, 2, 65_534, 65_535])
def test_every_number_of_plays_can_be_written(name: str, plays: int) -> None:
    data = formats.animate(name, Film((RED, GREEN), (100, 100), plays), Settings()).data
    with Image.open(BytesIO(data)) as image:
        loop = image.info.get("loop")
    assert loop == (plays if name == "webp" else {0: 0, 1: None}.get(plays, plays - 1))


@pytest.mark.parametrize(
    "raised", [RuntimeError("ERROR assembling WebP: -1"), OverflowError(), MemoryError()]
)
def test_whatever_an_encoder_raises_is_that_photo_s_error(raised: Exception, monkeypatch) -> None:
    def fail(*_: object) -> bytes:
        raise raised

    monkeypatch.setattr(formats.load("webp"), "encode", fail)
    with pytest.raises(PhotoError, match=r"^(The picture can't be written|Writing the picture) as WEBP"):
        formats.encode("webp", RED, Settings())


def test_whatever_a_filter_raises_is_that_photo_s_error(monkeypatch) -> None:
    def fail(*_: object, **__: object) -> Image.Image:
        raise ValueError("tile cannot extend outside image")

    monkeypatch.setattr(filters, "load", lambda _: fail)
    with pytest.raises(PhotoError, match=r"^The filter blur can't be applied to this picture\.$"):
        filters.apply(RED, "blur", {})


def test_a_mistake_in_a_recipe_stays_one(monkeypatch) -> None:
    def fail(*_: object) -> bytes:
        raise RecipeError("There is no such picture.")

    monkeypatch.setattr(formats.load("webp"), "encode", fail)
    with pytest.raises(RecipeError):
        formats.encode("webp", RED, Settings())
