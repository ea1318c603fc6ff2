from PIL import Image

from core.photo.filters.sharpen import apply

EXAMPLES = {"": {"radius": 2.0, "percent": 200, "threshold": 0}}


def edge() -> Image.Image:
    image = Image.new("RGB", (40, 10), (100, 100, 100))
    image.paste((150, 150, 150), (20, 0, 40, 10))
    return image


def contrast(image: Image.Image) -> int:
    return image.getpixel((20, 5))[0] - image.getpixel((19, 5))[0]


def test_an_edge_gains_contrast_and_flat_parts_stay() -> None:
    sharp = apply(edge(), radius=2, percent=100, threshold=0)
    assert contrast(sharp) > contrast(edge())
    assert sharp.getpixel((3, 5)) == (100, 100, 100)


def test_small_differences_are_left_alone() -> None:
    assert apply(edge(), threshold=60).tobytes() == edge().tobytes()
