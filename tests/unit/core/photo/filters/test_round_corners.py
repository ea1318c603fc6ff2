from PIL import Image

from core.photo.filters.round_corners import apply

EXAMPLES = {"": {"radius": 0.3}}


def test_corners_are_transparent_and_the_rest_is_not() -> None:
    made = apply(Image.new("RGB", (40, 20), "red"), radius=0.5)
    assert [made.getpixel(at)[3] for at in ((0, 0), (39, 0), (0, 19), (39, 19))] == [0, 0, 0, 0]
    assert made.getpixel((20, 10)) == (255, 0, 0, 255)
    assert any(0 < tone < 255 for tone in made.getchannel("A").tobytes())


def test_what_was_transparent_stays_so() -> None:
    assert apply(Image.new("RGBA", (40, 20), (9, 9, 9, 0))).getextrema()[3] == (0, 0)
