import pytest
from PIL import Image

from core.photo.film import Film
from core.photo.sheet import evenly, make, sheets
from core.recipe import Sheet

COLOURS = [(number, 0, 255 - number) for number in range(0, 250, 10)]
FILM = Film(tuple(Image.new("RGB", (80, 40), colour) for colour in COLOURS), (100,) * len(COLOURS))


def test_tiles_run_from_the_first_to_the_last_in_reading_order() -> None:
    sheet = make(FILM, Sheet("all", columns=3, rows=2, width=40, height=40), (80, 40))
    assert sheet.size == (3 * 40 + 2, 2 * 20 + 1)
    found = [sheet.getpixel((column * 41 + 20, row * 21 + 10)) for row in range(2) for column in range(3)]
    assert [each[:3] for each in found] == [COLOURS[number] for number in (0, 5, 10, 14, 19, 24)]
    assert sheet.getpixel((40, 10))[3] == 0


def test_few_frames_make_a_small_sheet() -> None:
    short = Film(FILM.frames[:2], (100, 100))
    assert make(short, Sheet("all", width=40, height=40), (80, 40)).size == (81, 20)


def test_a_still_has_no_sheet() -> None:
    assert sheets(Film(FILM.frames[:1]), [Sheet("all")], (80, 40)) == {}


@pytest.mark.parametrize(
    ("count", "most", "chosen"), [(3, 9, [0, 1, 2]), (9, 3, [0, 4, 8]), (5, 1, [0]), (1000, 2, [0, 999])]
)
def test_what_is_chosen_is_spread_evenly(count: int, most: int, chosen: list[int]) -> None:
    assert evenly(count, most) == chosen
