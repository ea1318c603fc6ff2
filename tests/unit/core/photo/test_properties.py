"""Whatever a photo's size, mode, format and orientation: size, corners and transparency are as documented."""

from dataclasses import replace
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.photo.decode import decode, read
from core.photo.pyramid import pyramid
from core.recipe import OutputFormat, Size
from core.steps import Tools, execute

# Each orientation's formats write EXIF; TIFF keeps its own tag.
MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "TIFF": ("L", "RGB", "RGBA", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "JPEG": ("L", "RGB", "CMYK"),
    "AVIF": ("RGB", "RGBA"),
}
KINDS = st.sampled_from([(kind, mode) for kind, modes in MODES.items() for mode in modes])
SIDES = st.integers(1, 70)
FITS = st.sampled_from(["inside", "cover", "contain", "exact"])


def picture(width: int, height: int, mode: str) -> Image.Image:
    """Return a picture that is white at the upper left, gray below and dark at the right."""
    image = Image.new("L", (width, height), 30)
    image.paste(255, (0, 0, width // 2, height // 2))
    image.paste(140, (0, height // 2, width // 2, height))
    if mode == "I;16":
        return image.point(lambda value: value * 256, "I").convert("I;16")
    if "A" in mode:
        image = image.convert(mode)
        image.putalpha(Image.new("L", image.size, 90))
        return image
    return image.convert(mode)


def written(image: Image.Image, kind: str, orientation: int) -> bytes:
    exif, file = Image.Exif(), BytesIO()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind in {"JPEG", "AVIF"} else {}
    image.save(file, kind, exif=exif, **options)
    return file.getvalue()


@given(SIDES, SIDES, KINDS, st.integers(1, 8))
@settings(max_examples=100)
def test_every_photo_is_upright(width: int, height: int, kind: tuple[str, str], orientation: int) -> None:
    data = written(picture(width, height, kind[1]), kind[0], orientation)
    photo, made = read(data, 10**6)
    assert (photo.width, photo.height) == made.size
    assert made.size == ((height, width) if orientation > 4 else (width, height))
    assert made.mode == ("RGBA" if "A" in kind[1] else "RGB")
    upright = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    for at in ((0, 0), (made.width - 1, 0), (0, made.height - 1), (made.width - 1, made.height - 1)):
        assert abs(_gray(made, at) - _gray(upright, at)) < 60
    if made.mode == "RGBA":
        low, high = made.getchannel("A").getextrema()
        assert abs(low - 90) < 12
        assert abs(high - 90) < 12


def _gray(image: Image.Image, at: tuple[int, int]) -> float:
    value = image.getpixel(at)
    if image.mode == "I;16":
        return value / 256
    pixel = Image.new(image.mode, (1, 1), value)
    if image.mode == "P":
        pixel.putpalette(image.getpalette())
    return pixel.convert("RGB").convert("L").getpixel((0, 0))


@given(SIDES, SIDES, KINDS, SIDES, SIDES, FITS)
@settings(max_examples=100)
def test_every_size_comes_out_as_documented(
    width: int, height: int, kind: tuple[str, str], box_width: int, box_height: int, fit: str
) -> None:
    size = Size("box", box_width, box_height, fit)
    photo, decoded = read(written(picture(width, height, kind[1]), kind[0], 1), 10**6, [size])
    made = pyramid(decoded, [size], (photo.width, photo.height))["box"]
    if fit == "contain":
        assert made.size == (box_width, box_height)
    elif fit == "inside":
        scale = min(1, box_width / width, box_height / height)
        assert abs(made.width - width * scale) <= 1
        assert abs(made.height - height * scale) <= 1
    else:
        assert made.size == (min(width, box_width), min(height, box_height))
    if "A" in kind[1]:
        assert made.mode == "RGBA"
    elif fit != "contain":
        assert made.mode == "RGB"


@given(SIDES, SIDES, KINDS, st.integers(1, 8))
@settings(max_examples=25)
def test_every_photo_makes_every_output(
    width: int, height: int, kind: tuple[str, str], orientation: int
) -> None:
    data = written(picture(width, height, kind[1]), kind[0], orientation)
    formats = tuple(OutputFormat(name) for name in ("jpeg", "webp", "gif", "png"))
    store, chosen = MemoryStore({"a": data}), replace(recipes.load("gallery"), outputs=formats)
    job = Job("0" * 32, "gallery", Source("in", "a", "e", len(data)), "x", "", "")
    done = execute("process", job, Tools(store, made := MemoryStore(), chosen, 10**7, 10**7))
    assert done.error is None
    assert len(done.artifacts) == 12
    for artifact in done.artifacts:
        shown = decode(made.objects[artifact.key], 10**6)
        assert shown.size == (artifact.width, artifact.height)
        if artifact.name.endswith((".webp", ".png")):
            assert (shown.mode == "RGBA") == ("A" in kind[1])
        if artifact.name.endswith(".jpg"):
            assert shown.mode == "RGB"
