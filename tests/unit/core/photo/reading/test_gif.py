"""A GIF's canvas, disposals and times, as browsers show them."""

import pytest
from photo_files import LEFT, RIGHT, gif

from core.errors import DamagedPhoto
from core.photo.decode import inspect, read, read_film

WHOLE, LEFT_HALF, RIGHT_HALF = (0, 0, 16, 16), (0, 0, 8, 16), (8, 0, 8, 16)
RED, GREEN, BLUE, CLEAR = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)


def frames(data: bytes) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    photo, film = read_film(data, 10_000, animated=True)
    assert inspect(data, 10_000, animated=True) == photo
    shown = [frame.convert("RGBA") for frame in film.frames]
    return [(each.getpixel(LEFT), each.getpixel(RIGHT)) for each in shown]


@pytest.mark.parametrize("background", [0, 2, 3])
def test_what_the_first_picture_leaves_out_is_transparent(background: int) -> None:
    data = gif([(RIGHT_HALF, 0, 0, None)], background=background)
    picture = read(data, 10_000)[1]
    assert (picture.getpixel(LEFT)[3], picture.getpixel(RIGHT)) == (0, RED)


@pytest.mark.parametrize(
    ("disposal", "left"), [(0, GREEN), (1, GREEN), (2, CLEAR), (3, RED), (4, RED), (5, GREEN), (7, GREEN)]
)
@pytest.mark.parametrize("background", [0, 3])
def test_a_picture_is_kept_cleared_or_taken_back(disposal: int, left: tuple, background: int) -> None:
    pictures = [(WHOLE, 0, 1, None), (LEFT_HALF, 1, disposal, None), (RIGHT_HALF, 2, 0, None)]
    assert frames(gif(pictures, background=background)) == [(RED, RED), (GREEN, RED), (left, BLUE)]


def test_a_transparent_index_shows_what_was_there() -> None:
    pictures = [(WHOLE, 0, 0, None), (WHOLE, 1, 0, 1), (RIGHT_HALF, 1, 0, 0)]
    assert frames(gif(pictures)) == [(RED, RED), (RED, RED), (RED, GREEN)]


def test_a_first_picture_that_is_taken_back_leaves_nothing() -> None:
    assert frames(gif([(WHOLE, 0, 3, None), (RIGHT_HALF, 1, 0, None)]))[1] == (CLEAR, GREEN)


def test_a_canvas_holds_its_first_picture_and_cuts_off_others() -> None:
    data = gif([((4, 0, 16, 20), 0, 0, None), ((8, 8, 30, 30), 1, 0, None)])
    photo, film = read_film(data, 10_000, animated=True)
    assert (photo.width, photo.height, film.frames[1].size) == (20, 20, (20, 20))
    assert film.frames[1].convert("RGBA").getpixel((19, 19)) == GREEN


def test_pictures_without_pixels_or_outside_of_the_canvas_show_nothing() -> None:
    nothing, far = ((0, 0, 0, 0), 1, 0, None), ((100, 0, 16, 16), 1, 2, None)
    last = (RIGHT_HALF, 2, 0, None)
    assert frames(gif([(WHOLE, 0, 0, None), nothing, last])) == [(RED, RED), (RED, BLUE)]
    assert frames(gif([(WHOLE, 0, 0, None), far, last])) == [(RED, RED), (RED, RED), (RED, BLUE)]
    with pytest.raises(DamagedPhoto, match="holds no picture"):
        read(gif([nothing]), 10_000)


@pytest.mark.parametrize(("loop", "plays"), [(None, 1), (0, 0), (1, 2), (65_534, 65_535), (65_535, 65_535)])
def test_a_gif_says_how_often_again(loop: int | None, plays: int) -> None:
    data = gif([(WHOLE, 0, 0, None), (WHOLE, 1, 0, None)], loop=loop)
    assert read_film(data, 10_000, animated=True)[1].plays == plays


def test_a_gif_that_ends_too_early_is_damaged() -> None:
    data = gif([(WHOLE, 0, 0, None), (WHOLE, 1, 0, None)])
    for end in (len(data) - 20, 40, 14):
        with pytest.raises(DamagedPhoto):
            read_film(data[:end], 10_000, animated=True)
    assert len(frames(data[:-1])) == 2, "only the trailer is missing"
