"""The outcome of reading or processing a file, and whether it breaks a rule."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable
from pathlib import Path

from core import recipes
from core.errors import PhotoError
from core.job import Job, Source
from core.memory import MemoryStore
from core.photo import budget, containers, decode, reading, signature
from core.photo.decode import inspect, read, read_film
from core.recipe import Recipe, Size
from core.steps import Tools, execute
from tools.worst import cpu

MAX_PIXELS = 20_000_000
# Writing this there makes Linux forget how much memory the process had at most (proc_pid_clear_refs(5)).
CLEAR, FORGET_PEAK = Path("/proc/self/clear_refs"), "5"
# Memory that a library retains between files.
SLACK_MB = 24
SIZES = (Size("box", 200, 150), Size("square", 100, 100, "cover"))


def _recipe(*outputs: dict[str, object], filters: Iterable[dict[str, object]] = ()) -> Recipe:
    sizes = [
        {"name": each.name, "width": each.width, "height": each.height, "fit": each.fit} for each in SIZES
    ]
    return recipes.parse("fuzz", {"sizes": sizes, "filters": list(filters), "outputs": list(outputs)})


# The recipes that files are processed with.
RECIPES = (
    _recipe({"format": "jpeg"}, {"format": "webp", "effort": 0}, filters=[{"name": "sharpen"}]),
    _recipe(
        {"format": "png"},
        {"format": "gif", "animation": "keep"},
        {"format": "webp", "animation": "keep", "effort": 0},
        filters=[{"name": "auto_contrast"}, {"name": "rotate", "degrees": 30.0}],
    ),
    _recipe({"format": "avif"}, filters=[{"name": "blur"}, {"name": "round_corners"}]),
)


def outcome(data: bytes, time_limit: float, recipe: Recipe | None = None) -> str:
    """Return "photo", "animation" or the error's name; what breaks the rules begins with ``!``.

    With a ``recipe`` all of ``process`` is run, otherwise the file is only read.
    """
    began, before = time.process_time(), _memory_mb("VmRSS")
    CLEAR.write_text(FORGET_PEAK)
    try:
        name = _processed(data, recipe) if recipe else _read(data)
    except PhotoError as error:
        name = _named(type(error).__name__, str(error))
    except BaseException:  # the fuzzer looks for any other exception
        name = "!" + traceback.format_exc().splitlines()[-1]
    taken, seconds = _memory_mb("VmHWM") - before, time.process_time() - began
    if taken > SLACK_MB or seconds > time_limit:
        allowed_mb, allowed_seconds = _allowed(data, recipe)
        if taken > SLACK_MB + allowed_mb:
            return f"!too much memory for {name}"
        if seconds > time_limit + allowed_seconds:
            return f"!too slow for {name}"
    return name


def _read(data: bytes) -> str:
    photo, picture = read(data, MAX_PIXELS, SIZES)
    if picture.width * picture.height > photo.width * photo.height:
        return "!too large"
    if photo.frames == 1 or photo.format == "tiff":
        return "photo"
    inspect(data, MAX_PIXELS, SIZES, animated=True)
    film = read_film(data, MAX_PIXELS, SIZES, animated=True)[1]
    return "animation" if len(film.frames) <= photo.frames else "!too many pictures"


def _processed(data: bytes, recipe: Recipe) -> str:
    job = Job("0" * 32, recipe.name, Source("in", "a", "e", len(data)), "x", "", "")
    store = MemoryStore()
    done = execute("process", job, Tools(MemoryStore({"a": data}), store, recipe, len(data), MAX_PIXELS))
    if done.error:
        return _named(done.error.name, done.error.message)
    expected = (len(recipe.sizes) + bool(recipe.filters)) * len(recipe.outputs)
    return "processed" if len(done.artifacts) == expected else "!too few outputs"


def _named(name: str, sentence: str) -> str:
    return name if sentence.endswith(".") and len(sentence) < 500 else "!no sentence"


def _memory_mb(key: str) -> float:
    return int(Path("/proc/self/status").read_text().partition(f"{key}:")[2].split()[0]) / 1024


def _allowed(data: bytes, recipe: Recipe | None) -> tuple[float, float]:
    """Return the allowed MB in addition to the worker's, and seconds; none if the file can't be opened."""
    try:
        name = signature.identify(data)
        source = reading.load(name).open(data)
        headroom = decode.DRAFT_HEADROOM, decode.REDUCE_HEADROOM
        boxes = recipe.boxes if recipe else SIZES
        peak = max(each.peak for each in budget.stages(source, name, boxes, recipe, headroom))
        moves = name in decode.ANIMATED and not (recipe and not recipe.animated)
        pictures = source.frames if moves else 1
        allowed_mb = (peak + pictures * 12 * source.size[0] * source.size[1]) / 2**20
        scans = containers.jpeg_scans(data).number if name == "jpeg" else 0
        return allowed_mb, cpu.allowed(source, name, scans, recipe) if recipe else 0.0
    except Exception:
        return 0.0, 0.0
