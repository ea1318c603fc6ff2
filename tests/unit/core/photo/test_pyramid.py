import pytest
from PIL import Image, ImageChops, ImageStat

from core.photo import pyramid as module
from core.photo.pyramid import needed_for, pyramid
from core.photo.resize import resize
from core.recipe import Size

SIZES = (
    Size("small", 100, 100),
    Size("square", 90, 90, "cover"),
    Size("large", 640, 640),
    Size("middle", 300, 300),
)


@pytest.fixture
def photo(colourful: Image.Image) -> Image.Image:
    return colourful.resize((1500, 1001), Image.Resampling.BICUBIC)


def test_sizes_come_in_their_own_order_and_shape(photo: Image.Image) -> None:
    made = pyramid(photo, SIZES, photo.size)
    assert {name: picture.size for name, picture in made.items()} == {
        "small": (100, 67),
        "square": (90, 90),
        "large": (640, 427),
        "middle": (300, 200),
    }
    assert list(made) == ["small", "square", "large", "middle"]


def test_a_size_looks_as_if_made_of_the_photo(photo: Image.Image) -> None:
    for size in SIZES:
        difference = ImageChops.difference(
            pyramid(photo, SIZES, photo.size)[size.name], resize(photo, size, photo.size)
        )
        assert max(ImageStat.Stat(difference).mean) < 1


def test_each_size_is_made_of_the_next_larger(photo: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {}

    def note(image: Image.Image, size: Size, whole: tuple[int, int]) -> Image.Image:
        sources[size.name] = image.width
        return resize(image, size, whole)

    monkeypatch.setattr(module, "resize", note)
    pyramid(photo, SIZES, photo.size)
    assert sources == {"large": 1500, "middle": 640, "square": 300, "small": 300}


@pytest.mark.parametrize("whole", [(1500, 1001), (500, 333), (200, 133), (80, 53)])
def test_one_size_needs_the_larger_ones_it_is_made_of_and_no_others(
    colourful: Image.Image, whole: tuple[int, int]
) -> None:
    photo = colourful.resize(whole, Image.Resampling.BICUBIC)
    for size in SIZES:
        alone = pyramid(photo, needed_for(size, SIZES, whole), whole)
        assert alone[size.name].tobytes() == pyramid(photo, SIZES, whole)[size.name].tobytes()
    assert [each.name for each in needed_for(SIZES[3], SIZES, (1500, 1001))] == ["large", "middle"]
    assert needed_for(SIZES[2], SIZES, (1500, 1001)) == (SIZES[2],)


def test_sizes_are_those_of_the_whole_photo_however_it_was_reduced() -> None:
    whole = (6000, 4001)
    made = pyramid(Image.new("RGB", (750, 501)), [Size("box", 601, 600)], whole)
    assert made["box"].size == (601, 401)
