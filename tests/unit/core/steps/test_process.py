from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core import recipes
from core.errors import ObjectMissing
from core.job import Job
from core.photo import copyright
from core.recipe import Options, OutputFormat, Recipe, Sheet, Size
from core.steps import Tools, execute

STEPWISE = ("validate", "resize", "apply_filters", "optimize")
SAMPLES = Path(__file__).parents[4] / "samples"


def outputs(tools: Tools) -> dict[str, bytes]:
    return {key: data for key, data in tools.output.objects.items() if key.startswith("jobs/")}


@pytest.fixture(scope="module")
def quarter() -> Callable[[str], bytes]:
    """A sample at a quarter of its width and height, with its orientation, colour profile and mode."""

    @cache
    def shrunk(name: str) -> bytes:
        if name.endswith((".gif", ".png")):
            return (SAMPLES / name).read_bytes()
        file = BytesIO()
        with Image.open(SAMPLES / name) as image:
            kept = {each: image.info.get(each) for each in ("exif", "icc_profile")}
            small = image.resize((image.width // 4, image.height // 4))
            small.save(
                file, image.format, quality=90, **{each: value for each, value in kept.items() if value}
            )
        return file.getvalue()

    return shrunk


def quartered(recipe: Recipe) -> Recipe:
    """Return the recipe with sizes that stand to a quarter as its own stand to the whole photo."""

    def small[Box: (Size, Sheet)](boxes: tuple[Box, ...]) -> tuple[Box, ...]:
        return tuple(replace(each, width=each.width // 4, height=each.height // 4) for each in boxes)

    return replace(recipe, sizes=small(recipe.sizes), sheets=small(recipe.sheets))


@pytest.mark.parametrize(
    "name", ["mountain.jpg", "sideways.jpg", "transparent.png", "cmyk.jpg", "animated.gif"]
)
@pytest.mark.parametrize("chosen", recipes.names())
def test_one_decode_makes_what_the_steps_make_byte_for_byte(
    job: Job, tools: Tools, quarter, name: str, chosen: str
) -> None:
    made = []
    for steps in (STEPWISE, ("process",)):
        fresh = replace(
            tools,
            input=type(tools.input)({job.source.key: quarter(name)}),
            output=type(tools.output)(),
            recipe=quartered(recipes.load(chosen)),
        )
        done = job
        for step in steps:
            done = execute(step, done, fresh)
        made.append((done.photo, set(done.artifacts), outputs(fresh)))
    assert made[0] == made[1]
    assert made[0][2]


@pytest.mark.parametrize(
    ("data", "error"), [(b"", "EmptyFile"), (b"hello", "NotAPhoto"), (b"\xff\xd8\xff", "DamagedPhoto")]
)
def test_a_photo_at_fault_is_an_error_in_the_job(job: Job, tools: Tools, data: bytes, error: str) -> None:
    tools.input.objects[job.source.key] = data
    done = execute("process", job, tools)
    assert done.error.name == error
    assert not done.artifacts
    assert not tools.output.objects


def test_a_missing_upload_is_no_fault_of_the_photo(job: Job, tools: Tools) -> None:
    with pytest.raises(ObjectMissing):
        execute("process", job, tools)


def test_no_filters_make_no_filtered_version(job: Job, tools: Tools, encode, colourful: Image.Image) -> None:
    tools.input.objects[job.source.key] = encode(colourful, "PNG")
    done = execute("process", job, replace(tools, recipe=replace(tools.recipe, filters=())))
    assert {each.name.partition(".")[0] for each in done.artifacts} == {"display", "thumbnail"}


@pytest.fixture
def signed(job: Job, tools: Tools, encode, colourful: Image.Image) -> Job:
    exif = Image.Exif()
    exif[copyright.TAG] = "Ada"
    exif[0x013B] = "secret"
    tools.input.objects[job.source.key] = encode(colourful, "JPEG", exif=exif)
    return job


@pytest.mark.parametrize("steps", [STEPWISE, ("process",)])
@pytest.mark.parametrize(("keep", "kept"), [(True, {copyright.TAG: "Ada"}), (False, {})])
def test_the_copyright_is_kept_on_request(signed: Job, tools: Tools, steps, keep: bool, kept) -> None:
    asked = replace(tools, recipe=replace(tools.recipe, options=Options(copyright=keep)))
    done = signed
    for step in steps:
        done = execute(step, done, asked)
    assert done.photo.copyright == ("Ada" if keep else "")
    for data in outputs(asked).values():
        assert dict(Image.open(BytesIO(data)).getexif()) == kept


def test_the_background_shows_through_where_a_format_has_no_transparency(
    job: Job, tools: Tools, encode
) -> None:
    tools.input.objects[job.source.key] = encode(Image.new("RGBA", (40, 20), (0, 0, 0, 0)), "PNG")
    asked = replace(
        tools.recipe,
        sizes=(Size("box", 40, 40, "contain"),),
        outputs=(OutputFormat("jpeg"),),
        options=Options(background="#0000ff"),
    )
    execute("process", job, replace(tools, recipe=asked))
    made = Image.open(BytesIO(tools.output.objects[f"jobs/{job.id}/box.jpg"]))
    assert made.size == (40, 40)
    assert made.getpixel((20, 2))[2] > 250


@pytest.mark.parametrize("steps", [STEPWISE, ("process",)])
def test_a_recipe_decides_how_much_effort_goes_into_its_files(job: Job, tools: Tools, steps) -> None:
    tools.input.objects[job.source.key] = (SAMPLES / "sideways.jpg").read_bytes()
    sizes = []
    for effort in (0, 5):
        asked = replace(tools.recipe, outputs=(OutputFormat("webp", effort=effort),))
        done = job
        for step in steps:
            done = execute(step, done, replace(tools, recipe=asked))
        sizes.append(sum(each.size for each in done.artifacts))
    assert sizes[0] > sizes[1] > 0


def test_auto_names_the_file_after_what_was_chosen(signed: Job, tools: Tools) -> None:
    asked = replace(tools.recipe, outputs=(OutputFormat("auto", similarity=0.9),))
    done = execute("process", signed, replace(tools, recipe=asked))
    for artifact in done.artifacts:
        assert artifact.name.endswith((".jpg", ".webp", ".avif"))
        assert tools.output.content_types[artifact.key] == artifact.content_type
