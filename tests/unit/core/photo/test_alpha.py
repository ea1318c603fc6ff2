from PIL import Image, ImageOps

from core.photo.alpha import colours_only, flatten


def test_an_operation_leaves_transparency_alone() -> None:
    image = Image.new("RGBA", (2, 2), (10, 20, 30, 40))
    assert colours_only(image, ImageOps.invert).getpixel((0, 0)) == (245, 235, 225, 40)


def test_an_opaque_picture_is_worked_on_as_it_is() -> None:
    image = Image.new("RGB", (2, 2), (10, 20, 30))
    assert colours_only(image, ImageOps.invert).getpixel((0, 0)) == (245, 235, 225)


def test_flattening_mixes_with_the_background() -> None:
    image = Image.new("RGBA", (2, 2), (0, 0, 0, 128))
    assert flatten(image).getpixel((0, 0)) == (127, 127, 127)
    assert flatten(image, "black").getpixel((0, 0)) == (0, 0, 0)
    opaque = Image.new("RGB", (2, 2))
    assert flatten(opaque) is opaque
