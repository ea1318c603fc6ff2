"""What a file is beside its picture: an animation, pages, a place, colours."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from core.photo.decode import Traits, examine

PLAIN = Traits(animated=False, pages=False, located=False, rgb=True)
SIZE = (16, 8)


def written(image, format_name, **options):
    stream = BytesIO()
    image.save(stream, format_name, **options)
    return stream.getvalue()


def located(latitude=(52.0, 31.0, 0.0)):
    exif = Image.Exif()
    exif[0x0131] = "a camera"  # Pillow writes no EXIF that has nothing but a place
    exif.get_ifd(0x8825).update({1: "N", 2: latitude})
    return exif


PLACED = ImageFileDirectory_v2()
PLACED[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}


def several(mode="RGB"):
    return [Image.new(mode, SIZE, colour) for colour in ("red", "blue")]


def traits(data):
    return examine(data, 10_000, animated=True)[1]


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (written(Image.new("RGB", SIZE), "JPEG"), {}),
        (written(Image.new("RGBA", SIZE), "PNG"), {}),
        (written(Image.new("P", SIZE), "GIF"), {}),
        (written(Image.new("RGB", SIZE), "BMP"), {}),
        (written(Image.new("L", SIZE), "JPEG"), {"rgb": False}),
        (written(Image.new("CMYK", SIZE), "JPEG"), {"rgb": False}),
        (written(Image.new("LA", SIZE), "PNG"), {"rgb": False}),
        (written(Image.new("CMYK", SIZE), "TIFF"), {"rgb": False}),
        (written(several()[0], "GIF", save_all=True, append_images=several()[1:]), {"animated": True}),
        (written(several()[0], "WEBP", save_all=True, append_images=several()[1:]), {"animated": True}),
        (written(several()[0], "TIFF", save_all=True, append_images=several()[1:]), {"pages": True}),
        *(
            (written(Image.new("RGB", SIZE), each, exif=located()), {"located": True})
            for each in ("JPEG", "PNG", "WEBP", "AVIF")
        ),
        (written(Image.new("RGB", SIZE), "TIFF", tiffinfo=PLACED), {"located": True}),
    ],
    ids=lambda each: str(each) if isinstance(each, dict) else each[:4].hex(),
)
def test_the_traits_of_a_file(data, more):
    assert traits(data) == Traits(**{**vars(PLAIN), **more})


def test_an_exif_without_a_place_is_none():
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({29: "2026:01:01"})
    assert traits(written(Image.new("RGB", SIZE), "JPEG", exif=exif)) == PLAIN
