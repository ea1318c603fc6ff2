from PIL import Image, ImageStat

from core.photo.filters.auto_contrast import apply

EXAMPLES = {"": {"cutoff": 2.0}}


def faint() -> Image.Image:
    return Image.linear_gradient("L").point(lambda value: 100 + value // 8).convert("RGB")


def test_a_faint_picture_uses_the_whole_range() -> None:
    assert [low < 5 and high > 250 for low, high in apply(faint(), cutoff=0).getextrema()] == [True] * 3


def test_a_larger_cutoff_stretches_further() -> None:
    spread = [ImageStat.Stat(apply(faint(), cutoff=cutoff)).stddev[0] for cutoff in (0, 20)]
    assert spread[1] > spread[0]


def test_hues_do_not_shift() -> None:
    image = Image.new("RGB", (2, 1), (80, 90, 100))
    image.putpixel((1, 0), (160, 180, 200))
    red, green, blue = apply(image, cutoff=0).getpixel((1, 0))
    assert red <= green <= blue


def test_a_plain_picture_survives() -> None:
    assert apply(Image.new("RGB", (4, 4), "gray")).size == (4, 4)
