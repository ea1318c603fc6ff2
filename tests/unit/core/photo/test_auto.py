from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.photo import auto, formats
from core.photo.auto import smallest
from core.photo.formats import Settings
from core.photo.similarity import similarity

SAMPLES = Path(__file__).parents[4] / "samples"


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.open(SAMPLES / "mountain.jpg").resize((240, 160))


@pytest.mark.parametrize("target", [0.8, 0.95])
def test_the_smallest_that_is_alike_enough_is_taken(photo: Image.Image, target: float) -> None:
    made = smallest(photo, Settings(), target)
    assert similarity(photo, Image.open(BytesIO(made.data)).convert("RGB")) >= target
    for name in auto.FORMATS:
        for quality in auto.QUALITIES:
            other = formats.encode(name, photo, Settings(quality))
            if len(other.data) < len(made.data):
                assert similarity(photo, Image.open(BytesIO(other.data)).convert("RGB")) < target


def test_a_target_out_of_reach_gets_the_most_alike(photo: Image.Image) -> None:
    made = smallest(photo, Settings(), 0.9999)
    assert similarity(photo, Image.open(BytesIO(made.data)).convert("RGB")) > 0.97


def test_the_work_is_bounded(photo: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded, encode = [], formats.encode

    def note(name: str, *rest: object) -> formats.Encoded:
        encoded.append(name)
        return encode(name, *rest)

    monkeypatch.setattr(formats, "encode", note)
    smallest(photo, Settings(), 0.95)
    assert all(encoded.count(name) <= 3 for name in auto.FORMATS)
    encoded.clear()
    monkeypatch.setattr(auto, "MOST_AVIF_PIXELS", 100)
    smallest(photo, Settings(), 0.95)
    assert set(encoded) == {"jpeg", "webp"}


def test_transparency_is_never_lost() -> None:
    assert smallest(Image.new("RGBA", (40, 40), (9, 9, 9, 50)), Settings(), 0.9).extension != "jpg"
