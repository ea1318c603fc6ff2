"""Animations, from the file to every format that shows them."""

from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import GifImagePlugin, Image, ImageChops, ImageColor, ImageDraw, ImageStat

from core import recipes
from core.errors import DamagedPhoto, TooManyPixels
from core.job import Job
from core.photo import film, formats, limits
from core.photo.alpha import flatten
from core.photo.decode import inspect, read_film
from core.photo.film import Film
from core.photo.formats import Settings, gif, webp
from core.photo.pyramid import films
from core.recipe import FilterCall, OutputFormat, Sheet, Size
from core.steps import Tools, execute

SAMPLE = Path(__file__).parents[4] / "samples" / "animated.gif"
STEPWISE = ("validate", "resize", "apply_filters", "optimize")
DURATIONS = (40, 90, 120, 200, 500)


def disc(number: int, mode: str = "RGB") -> Image.Image:
    """Return a red disc that is further right the larger the number."""
    image = Image.new(mode, (120, 80), (20, 30, 90) if mode == "RGB" else (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((number * 20, 20, number * 20 + 30, 50), fill=(250, 40, 10))
    return image


def animation(mode: str = "RGB", plays: int = 0) -> Film:
    return Film(tuple(disc(number, mode) for number in range(5)), DURATIONS, plays)


def likeness(one: Image.Image, two: Image.Image) -> float:
    """Return the mean difference of two pictures as they look on white."""
    first, second = (flatten(each.convert("RGBA")) for each in (one, two))
    return max(ImageStat.Stat(ImageChops.difference(first, second)).mean)


def written(data: bytes) -> Film:
    return read_film(data, 10**7, animated=True)[1]


@pytest.mark.parametrize("kind", [gif, webp])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("plays", [0, 1, 3])
def test_frames_times_and_plays_come_out_as_they_went_in(kind, mode: str, plays: int) -> None:
    wanted = animation(mode, plays)
    found = written(kind.animate(wanted, Settings(90)))
    assert (found.durations, found.plays, found.first.mode) == (DURATIONS, plays, mode)
    assert [likeness(*pair) < 3 for pair in zip(found.frames, wanted.frames, strict=True)] == [True] * 5


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        *(("GIF", {"disposal": disposal, "loop": 0}) for disposal in (1, 2)),
        ("WEBP", {"lossless": True, "loop": 0}),
        ("PNG", {"disposal": 1, "blend": 0, "loop": 0}),
        ("PNG", {"disposal": 0, "blend": 1, "loop": 0}),
    ],
)
def test_every_frame_is_read_as_it_is_shown(encode, kind: str, options: dict[str, object]) -> None:
    wanted = animation()
    options |= {"save_all": True, "append_images": wanted.frames[1:], "duration": list(DURATIONS)}
    found = written(encode(wanted.first, kind, **options))
    assert (found.durations, found.plays) == (DURATIONS, 0)
    assert [likeness(*pair) < 2 for pair in zip(found.frames, wanted.frames, strict=True)] == [True] * 5


@pytest.mark.parametrize(("disposal", "left"), [(1, "red"), (2, None), (3, "blue")])
def test_a_gif_frame_leaves_behind_what_its_disposal_says(disposal: int, left: str | None) -> None:
    pictures = ((8, "blue", (0, 0), 1), (4, "red", (0, 0), disposal), (2, "lime", (6, 6), 1))
    indexed = [Image.new("RGB", (side, side), colour).quantize(2) for side, colour, _, _ in pictures]
    header = b"".join(GifImagePlugin.getheader(indexed[0])[0])
    blocks = [
        block
        for frame, (_, _, at, away) in zip(indexed, pictures, strict=True)
        for block in GifImagePlugin.getdata(
            frame, at, disposal=away, transparency=1, include_color_table=True
        )
    ]
    last = written(header + b"".join(blocks) + b";").frames[2].convert("RGBA")
    assert last.getpixel((1, 1)) == (ImageColor.getcolor(left, "RGBA") if left else (0, 0, 0, 0))
    assert last.getpixel((7, 7)) == (0, 255, 0, 255)


def test_a_fallback_picture_is_no_part_of_an_animated_png(encode) -> None:
    wanted = animation()
    fallback = Image.new("RGB", wanted.first.size, "green")
    data = encode(fallback, "PNG", save_all=True, default_image=True, append_images=wanted.frames)
    assert likeness(written(data).first, wanted.first) == 0


def test_pages_are_no_animation(encode) -> None:
    data = encode(disc(0), "TIFF", save_all=True, append_images=[disc(1)])
    photo, found = read_film(data, 10**6, animated=True)
    assert (photo.frames, found.animated) == (2, False)


@pytest.mark.parametrize(("declared", "shown"), [(0, 100), (10, 100), (11, 11), (40.4, 40)])
def test_next_to_no_time_is_what_browsers_make_of_it(declared: float, shown: int) -> None:
    assert film.shown(declared) == shown


def test_hundredths_keep_the_whole_length() -> None:
    assert gif.hundredths([33, 33, 33]) == [3, 4, 3]
    assert gif.hundredths([11, 11]) == [2, 2]


def test_a_gif_has_fewer_colours_at_a_lower_quality(colourful: Image.Image) -> None:
    many, few = (Image.open(BytesIO(gif.encode(colourful, Settings(quality)))) for quality in (80, 5))
    assert len(many.getcolors()) > 200
    assert len(few.getcolors()) <= 16


def test_an_exif_orientation_turns_every_frame(encode) -> None:
    wanted, exif = animation(), Image.Exif()
    exif[0x0112] = 6
    options = {"save_all": True, "append_images": wanted.frames[1:], "lossless": True, "exif": exif}
    data = encode(wanted.first, "WEBP", **options)
    photo, found = read_film(data, 10**6, animated=True)
    assert (photo.width, photo.height) == (80, 120)
    for made, frame in zip(found.frames, wanted.frames, strict=True):
        assert likeness(made, frame.transpose(Image.Transpose.ROTATE_270)) < 1


def test_all_frames_are_cropped_alike() -> None:
    size = Size("square", 80, 80, "cover", crop="entropy")
    moving, *stills = (
        films(each, [size], (120, 80))["square"]
        for each in (animation(), *(Film((frame,)) for frame in animation().frames))
    )
    assert moving.first.tobytes() == stills[0].first.tobytes()
    # The disc leaves the crop that the first frame has; a crop of its own would have followed it.
    assert likeness(moving.frames[4], Image.new("RGB", (80, 80), (20, 30, 90))) < 1
    assert likeness(stills[4].first, Image.new("RGB", (80, 80), (20, 30, 90))) > 5


def test_the_pixels_of_all_frames_count_together(encode, monkeypatch: pytest.MonkeyPatch) -> None:
    data = gif.animate(animation(), Settings(80))
    total = 5 * 120 * 80
    assert inspect(data, total, animated=True).frames == 5
    assert inspect(data, total - 1).frames == 5
    for read in (inspect, read_film):
        with pytest.raises(TooManyPixels, match="120 x 80 pixels, 48,000 in all; at most 47,999"):
            read(data, total - 1, animated=True)
        with pytest.raises(TooManyPixels, match="5 pictures of 9000 x 9000"):
            read(data, 10**8, [Size("padded", 9000, 9000, "contain")], animated=True)
    chosen = recipes.load("animation")
    monkeypatch.setenv("TWINLENS_MEMORY_MB", str(limits.WORKER_MB + 8))
    assert inspect(data, total, chosen.boxes, animated=True, recipe=chosen).frames == 5
    monkeypatch.setattr(formats, "BYTES_PER_ANIMATED_PIXEL", 1000)
    with pytest.raises(TooManyPixels, match=r"writing \w+ of \d+ x \d+ pixels takes 1\d\d MB"):
        inspect(data, total, chosen.boxes, animated=True, recipe=chosen)


def test_an_animation_that_is_cut_off_is_damaged_only_where_it_is_kept(encode) -> None:
    noise = [Image.effect_noise((64, 64), 90).convert("RGB") for _ in range(4)]
    data = encode(noise[0], "GIF", save_all=True, append_images=noise[1:])
    start = data[: int(len(data) * 0.6)]
    assert inspect(start, 10**6).width == 64
    with pytest.raises(DamagedPhoto):
        inspect(start, 10**6, animated=True)


@pytest.fixture
def kept(tools: Tools) -> Tools:
    recipe = replace(
        tools.recipe,
        sizes=(
            Size("box", 60, 60),
            Size("square", 30, 30, "cover", crop="entropy"),
            Size("padded", 50, 50, "contain"),
        ),
        filters=(FilterCall("grayscale", {}), FilterCall("rotate", {"degrees": 30.0})),
        outputs=(
            OutputFormat("webp", animation="keep"),
            OutputFormat("gif", animation="keep"),
            OutputFormat("jpeg"),
        ),
        sheets=(Sheet("sheet", columns=2, rows=2, width=40, height=40),),
    )
    return replace(tools, recipe=recipe)


def run(job: Job, tools: Tools, steps: tuple[str, ...]) -> Job:
    for step in steps:
        job = execute(step, job, tools)
        assert not job.error
    return job


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("kind", [gif, webp])
def test_the_steps_and_the_fused_one_make_the_same_animations(job: Job, kept: Tools, kind, mode: str) -> None:
    data, made = kind.animate(animation(mode, 2), Settings(90)), []
    for steps in (STEPWISE, ("process",)):
        fresh = replace(kept, input=type(kept.input)({job.source.key: data}), output=type(kept.output)())
        done = run(job, fresh, steps)
        files = {key: value for key, value in fresh.output.objects.items() if key.startswith("jobs/")}
        made.append((done.photo, set(done.artifacts), files))
    assert made[0] == made[1]
    for name in ("box", "square", "padded", "filtered"):
        for extension in ("webp", "gif"):
            found = written(made[0][2][f"jobs/{job.id}/{name}.{extension}"])
            assert (len(found.frames), found.durations, found.plays) == (5, DURATIONS, 2)
        still = Image.open(BytesIO(made[0][2][f"jobs/{job.id}/{name}.jpg"]))
        assert likeness(still, found.first) < 20
    sheet = Image.open(BytesIO(made[0][2][f"jobs/{job.id}/sheet.jpg"]))
    assert sheet.size == (81, 55)


def test_filters_go_over_every_frame(job: Job, kept: Tools) -> None:
    kept.input.objects[job.source.key] = gif.animate(animation(), Settings(90))
    run(job, kept, ("process",))
    for frame in written(kept.output.objects[f"jobs/{job.id}/filtered.webp"]).frames:
        red, green, blue = ImageStat.Stat(frame.convert("RGB")).mean
        assert max(abs(red - green), abs(red - blue)) < 3


def test_a_still_has_no_sheet_and_does_not_move(job: Job, kept: Tools, encode) -> None:
    kept.input.objects[job.source.key] = encode(disc(0), "PNG")
    done = run(job, kept, ("process",))
    names = {each.name for each in done.artifacts}
    assert "box.gif" in names
    assert not any(name.startswith("sheet") for name in names)
    assert not written(kept.output.objects[f"jobs/{job.id}/box.webp"]).animated


def test_without_a_word_of_it_the_first_frame_is_the_photo(job: Job, tools: Tools) -> None:
    tools.input.objects[job.source.key] = SAMPLE.read_bytes()
    run(job, tools, ("process",))
    assert not written(tools.output.objects[f"jobs/{job.id}/display.webp"]).animated


def test_the_sample_keeps_moving(job: Job, kept: Tools) -> None:
    kept.input.objects[job.source.key] = SAMPLE.read_bytes()
    run(job, kept, ("process",))
    before, after = written(SAMPLE.read_bytes()), written(kept.output.objects[f"jobs/{job.id}/box.gif"])
    assert (after.durations, after.plays) == (before.durations, before.plays)
    assert all(likeness(*pair) > 0 for pair in pairwise(after.frames))


@pytest.mark.parametrize("kind", [gif, webp])
def test_an_animation_has_no_metadata_but_the_copyright_it_is_given(kind) -> None:
    tagged = animation()
    for frame in tagged.frames:
        frame.info |= {
            "comment": b"secret",
            "exif": b"Exif\0\0secret",
            "xmp": b"secret",
            "icc_profile": b"secret",
        }
    assert b"secret" not in kind.animate(tagged, Settings(80))
    assert b"Ada" in kind.animate(tagged, Settings(80, copyright="Ada"))
    assert b"secret" not in kind.encode(tagged.first, Settings(80))
