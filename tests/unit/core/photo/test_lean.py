from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from core.job import Job
from core.photo import formats, lean
from core.photo.decode import decode
from core.photo.formats import Settings
from core.recipe import Options, OutputFormat, Size
from core.steps import Tools, execute

SAMPLES = Path(__file__).parents[4] / "samples"
NOISE = Image.effect_noise((96, 64), 60).convert("RGB")


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif", "gif"])
def test_quality_falls_until_it_fits_and_no_further(name: str) -> None:
    def encode(settings: Settings) -> formats.Encoded:
        return formats.encode(name, NOISE, settings)

    most = len(encode(Settings(50)).data)
    made = lean.within(encode, Settings(90), most)
    assert len(made.data) <= most
    if name != "gif":  # whose size doesn't follow its colours everywhere
        assert len(made.data) > len(encode(Settings(40)).data)
    assert lean.within(encode, Settings(50), most) == encode(Settings(50))


def test_what_can_not_fit_is_as_small_as_it_can_be() -> None:
    def encode(settings: Settings) -> formats.Encoded:
        return formats.encode("jpeg", NOISE, settings)

    assert lean.within(encode, Settings(80), 1) == encode(Settings(lean.LEAST_QUALITY, small=True))


@pytest.mark.parametrize(
    "drawn", [NOISE.convert("L").convert("RGB"), NOISE.quantize(16).convert("RGB")], ids=["gray", "palette"]
)
def test_a_png_saves_samples_and_no_pixel(drawn: Image.Image, encode) -> None:
    most = len(encode(drawn.quantize(256) if drawn.getcolors(16) else drawn.convert("L"), "PNG")) + 100

    def encoded(settings: Settings) -> formats.Encoded:
        return formats.encode("png", drawn, settings)

    made = lean.within(encoded, Settings(), most, lossless=True)
    assert len(made.data) <= most
    assert decode(made.data, 10**6).tobytes() == drawn.tobytes()


@pytest.fixture
def poor(encode) -> bytes:
    """A photo of next to no quality: what is made of it is larger, unless something is done about it."""
    photo = Image.open(SAMPLES / "mountain.jpg").reduce(12)
    return encode(photo, "JPEG", quality=25, optimize=True)


def artifacts(job: Job, tools: Tools, poor: bytes, **changes: object) -> dict[str, int]:
    tools.input.objects[job.source.key] = poor
    recipe = replace(
        tools.recipe, outputs=(OutputFormat("jpeg", 90), OutputFormat("auto", similarity=0.99)), **changes
    )
    job = replace(job, source=replace(job.source, size=len(poor)))
    return {each.name: each.size for each in execute("process", job, replace(tools, recipe=recipe)).artifacts}


def test_no_picture_of_the_photos_size_is_larger(job: Job, tools: Tools, poor: bytes) -> None:
    made = artifacts(job, tools, poor)
    whole = {name: size for name, size in made.items() if not name.startswith("thumbnail.")}
    assert len(whole) == 4
    assert {name for name, size in whole.items() if size > len(poor)} == set()


def test_a_recipe_may_ask_for_larger_ones(job: Job, tools: Tools, poor: bytes) -> None:
    assert artifacts(job, tools, poor, options=Options(larger=True))["display.jpg"] > len(poor)


def test_pictures_of_other_sizes_are_as_good_as_asked(job: Job, tools: Tools, poor: bytes) -> None:
    padded = (Size("display", 400, 400, "contain"), *tools.recipe.sizes[1:])
    assert artifacts(job, tools, poor, sizes=padded)["display.jpg"] > len(poor)
