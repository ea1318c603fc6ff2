"""Search for the photo and recipe that take the most memory against the rule, or the most CPU time.

    .venv/bin/python -m tools.worst --seconds 600 --seed 1

Cases are drawn at random, and the worst of each format are changed a little at a time, as long as that makes
them worse. Each is processed in a process of its own. The exit code is 1 if one took more than
:mod:`core.photo.budget` allows.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import AvifImagePlugin, Image, ImageCms, TiffImagePlugin, WebPImagePlugin

from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.photo import budget, decode, filters, formats, limits, reading, signature
from core.recipe import Recipe
from core.steps import Tools, execute
from tools import crafted

PLUGINS = (AvifImagePlugin, ImageCms, TiffImagePlugin, WebPImagePlugin)  # loaded before anything is measured
# What a process allocates beside a picture: the allocator's own rounding, tables, and outputs on their way.
SLACK_MB = 24
LIMIT = 10**9
MODES = {
    "JPEG": ("RGB", "CMYK", "L"),
    "PNG": ("RGB", "RGBA", "P", "L", "I;16", "1", "LA"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("P", "RGBA"),
    "TIFF": ("RGB", "RGBA", "CMYK", "I;16", "L", "P"),
    "BMP": ("RGB", "P", "L"),
    "AVIF": ("RGB", "RGBA"),
    "HEIF": ("RGB", "RGBA"),
    "crafted TIFF": ("1x8", "3x8", "4x8", "1x16", "3x16", "4x16"),
    "crafted JPEG": ("L", "YCbCr", "CMYK"),
    "crafted PNG": ("0x16", "2x16", "4x16", "6x16", "2x8", "3x8"),
}
FILTERS: dict[str, dict[str, Any]] = {
    "brightness": {"factor": 1.5},
    "contrast": {"factor": 1.5},
    "rotate": {"degrees": 45.0},
    "round_corners": {"radius": 0.5},
    "saturation": {"factor": 1.5},
    "stamp": {"picture": "twinlens.png", "position": "tiled", "width": 1.0},
    "tint": {"colour": "#804020"},
    "watermark": {"text": "Twinlens", "height": 0.5, "position": "tiled"},
}


@dataclass(frozen=True)
class Case:
    """A file, by how it is written, and what is made of it, in a recipe's own words."""

    kind: str
    mode: str
    size: tuple[int, int]
    frames: int
    turned: bool
    profile: bool
    dense: bool
    sizes: tuple[tuple[int, int, str], ...]
    filters: tuple[str, ...]
    outputs: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Measured:
    """What a case took: MB beside the file, and what the rule allows; CPU seconds; the file's bytes."""

    case: Case
    taken_mb: float
    allowed_mb: float
    seconds: float
    file_bytes: int

    @property
    def score(self) -> float:
        """How much of what is allowed was taken."""
        return max(0.0, self.taken_mb - SLACK_MB) / max(1.0, self.allowed_mb)


def drawn(chance: random.Random, pixels: int, kinds: tuple[str, ...]) -> Case:
    """Return a case at random whose file and sizes have about so many pixels at most."""
    kind = chance.choice(kinds)
    many = chance.random() < 0.15 and kind in {"GIF", "WEBP", "PNG", "AVIF"}
    frames = chance.randint(2, 12) if many else 1
    return Case(
        kind,
        chance.choice(MODES[kind]),
        _extent(chance, pixels // frames, 60_000 if kind in {"PNG", "TIFF", "BMP"} else 16_000),
        frames,
        chance.random() < 0.3,
        chance.random() < 0.3,
        chance.random() < 0.5,
        tuple(_box(chance, pixels // 4 // frames) for _ in range(chance.randint(1, 3))),
        tuple(chance.choices(filters.names(), k=chance.randint(0, 2))),
        tuple({(chance.choice((*formats.names(), "auto")), chance.choice((40, 80, 95))) for _ in range(2)}),
    )


def changed(case: Case, chance: random.Random, pixels: int) -> Case:
    """Return the case with one thing about it drawn anew."""
    other = drawn(chance, pixels, (case.kind,))
    name = chance.choice([each for each in asdict(case) if each != "kind"])
    if name in {"size", "frames", "sizes"}:  # which belong together
        return replace(case, size=other.size, frames=other.frames, sizes=other.sizes)
    return replace(case, **{name: getattr(other, name)})


def _extent(chance: random.Random, pixels: int, longest: int) -> tuple[int, int]:
    shape = math.exp(chance.gauss(0, 1.5))
    width = min(longest, max(1, round(math.sqrt(pixels * shape))))
    return width, min(longest, max(1, pixels // width))


def _box(chance: random.Random, pixels: int) -> tuple[int, int, str]:
    width, height = _extent(chance, max(64, round(pixels * chance.random() ** 2)), 8000)
    return width, height, chance.choice(("inside", "cover", "contain", "exact"))


def recipe(case: Case) -> Recipe:
    """Return what is made of the file."""
    moving = formats.animated()
    table = {
        "sizes": [
            {"name": f"s{number}", "width": width, "height": height, "fit": fit}
            for number, (width, height, fit) in enumerate(case.sizes)
        ],
        "filters": [{"name": name, **FILTERS.get(name, {})} for name in case.filters],
        "outputs": [
            {"format": name, "quality": quality, "animation": "keep" if name in moving else "first"}
            for name, quality in dict(case.outputs).items()
        ],
    }
    return recipes.parse("worst", table)


def written(case: Case) -> bytes:
    """Return the file's bytes."""
    if case.kind == "crafted TIFF":
        samples, bits = map(int, case.mode.split("x"))
        piece = tuple(-(-each // 16) * 16 for each in case.size) if case.turned else None
        tile = (piece[0], piece[1]) if piece else None
        return crafted.tiff(case.size, samples, bits, tile, planar=case.profile, big_endian=case.dense)
    if case.kind == "crafted PNG":
        kind, depth = map(int, case.mode.split("x"))
        key = {0: bytes(2), 2: bytes(6), 3: bytes(256)}.get(kind)
        return crafted.png(case.size, depth, kind, {b"tRNS": key} if key and case.turned else {})
    image = _picture("RGB" if case.kind == "crafted JPEG" else case.mode, case.size, case.dense)
    if case.kind == "crafted JPEG":
        return crafted.jpeg_with_a_scan_for_each_component(image.convert(case.mode).split())
    known: dict[str, dict[str, Any]] = {
        "WEBP": {"method": 0, "lossless": case.dense},
        "AVIF": {"speed": 10, "subsampling": "4:4:4" if case.dense else "4:2:0"},
        "PNG": {"compress_level": 1},
        "JPEG": {"progressive": case.dense, "subsampling": "4:4:4"},
        "TIFF": {"compression": "tiff_deflate" if case.dense else None},
    }
    options = known.get(case.kind, {})
    if case.profile and case.mode in {"RGB", "RGBA"} and case.kind in {"JPEG", "PNG", "TIFF", "WEBP", "AVIF"}:
        options["icc_profile"] = _PROFILE
    if case.turned and case.kind in {"JPEG", "PNG", "WEBP"}:
        options["exif"] = Image.Exif()
        options["exif"][0x0112] = 6
    if case.frames > 1:
        others = [image.rotate(number) for number in range(1, case.frames)]
        options |= {"save_all": True, "append_images": others, "duration": 100}
    file = BytesIO()
    image.save(file, case.kind, **options)
    return file.getvalue()


def _swapped_profile() -> bytes:
    """Return a profile that changes colours: sRGB's, whose red and blue have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"xxxx").replace(b"bXYZ", b"rXYZ").replace(b"xxxx", b"bXYZ")


_PROFILE = _swapped_profile()


def _picture(mode: str, size: tuple[int, int], dense: bool) -> Image.Image:
    tile = Image.effect_noise((256, 256), 90) if dense else Image.radial_gradient("L")
    colours = Image.merge("RGB", (tile, tile.rotate(90), tile.rotate(180)))
    if mode == "I;16":
        colours = tile.point(lambda value: value * 256, "I").convert("I;16")
    else:
        colours = colours.convert(mode)
        if "A" in mode:
            colours.putalpha(tile)
    image = Image.new(mode, size)
    if mode == "P":
        image.putpalette(colours.getpalette() or [])
    for top in range(0, size[1], 256):
        for left in range(0, size[0], 256):
            image.paste(colours, (left, top))
    return image


def measured(case: Case) -> Measured | None:
    """Write the file, and process it, in two processes; ``None`` if this kind can't be written so."""
    data = in_child(lambda: written(case))
    if not isinstance(data, bytes):
        return None
    answer = in_child(lambda: json.dumps(_processed(data, recipe(case))).encode())
    if not isinstance(answer, bytes):
        raise RuntimeError(f"{case}: {answer}")
    taken, allowed, seconds = json.loads(answer)
    return Measured(case, taken, allowed, seconds, len(data)) if allowed else None


def _processed(data: bytes, chosen: Recipe) -> tuple[float, float, float]:
    before, began = _status_mb("VmRSS"), time.process_time()
    job = Job("0" * 32, chosen.name, Source("in", "a", "e", 10**9), "x", "", "")
    done = execute("process", job, Tools(MemoryStore({"a": data}), MemoryStore(), chosen, LIMIT, LIMIT))
    taken, seconds = _status_mb("VmHWM") - before, time.process_time() - began
    if done.error:
        return 0, 0, 0
    name = signature.identify(data)
    source = reading.load(name).open(data)
    headroom = decode.DRAFT_HEADROOM, decode.REDUCE_HEADROOM
    found = budget.stages(source, name, chosen.boxes, chosen, headroom)
    return taken, max(each.peak for each in found) / 2**20, seconds


def _status_mb(key: str) -> float:
    return int(Path("/proc/self/status").read_text().partition(f"{key}:")[2].split()[0]) / 1024


def in_child(work: Callable[[], bytes]) -> bytes | str:
    """Return what ``work`` returns in a process of its own, or the error it ended with, as text."""
    read, write = os.pipe()
    process = os.fork()
    if not process:
        os.close(read)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # libraries talk of every flaw
        with os.fdopen(write, "wb") as pipe:
            try:
                pipe.write(b"+" + work())
            except BaseException as error:
                pipe.write(b"-" + f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(process, 0)
    return answer[1:] if answer.startswith(b"+") else answer[1:].decode() or "the process died"


def search(
    seconds: float, seed: int, pixels: int = 4_000_000, kinds: tuple[str, ...] = tuple(MODES)
) -> dict[str, Measured]:
    """Return the worst case of each kind of file that was found in about so many seconds."""
    warm_up()
    chance, worst = random.Random(seed), dict[str, Measured]()  # noqa: S311 - repeatable, not secret
    ends = time.monotonic() + seconds
    waiting = list(kinds)
    while waiting or time.monotonic() < ends:
        kind = waiting.pop() if waiting else chance.choice(kinds)
        known = worst.get(kind)
        climb = known is not None and chance.random() < 0.6
        case = changed(known.case, chance, pixels) if climb and known else drawn(chance, pixels, (kind,))
        found = measured(case)
        if found and (known is None or found.score > known.score):
            worst[kind] = found
    return worst


def warm_up() -> None:
    """Load all that any case needs, so that no case is charged for it."""
    pillow_heif.register_heif_opener()
    small = Image.new("RGB", (8, 8))
    for name in formats.names():
        formats.encode(name, small, formats.Settings())
    for name in filters.names():
        filters.apply(small, name, FILTERS.get(name, {}))


def main() -> None:
    """Search, and print the worst of each format."""
    parser = argparse.ArgumentParser(description="Search for the photo that takes the most memory.")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pixels", type=int, default=4_000_000, help="the largest file's")
    asked = parser.parse_args()
    found = search(asked.seconds, asked.seed, asked.pixels)
    for kind, worst in sorted(found.items(), key=lambda each: -each[1].score):
        sys.stdout.write(
            f"{kind:13} {worst.score:5.2f} of the rule: {worst.taken_mb:.0f} MB of {worst.allowed_mb:.0f}, "
            f"{worst.seconds:.1f} s of CPU for {worst.file_bytes:,} bytes; {worst.case}\n"
        )
    if any(each.score > 1 for each in found.values()):
        sys.stdout.write(f"The rule of at least {limits.BASE_MB} MB was broken.\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
