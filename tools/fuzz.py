"""Change sample photos at random and see that each ends as a photo or as an error of our own, in time.

    .venv/bin/python -m tools.fuzz --inputs 20000 --seed 1

The same seed makes the same files. What breaks the rule is written to ``out/fuzz/``, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import resource
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import pillow_heif
from PIL import Image, ImageCms

from core.errors import PhotoError
from core.photo import budget, decode, reading, signature
from core.photo.decode import inspect, read, read_film
from core.photo.signature import identify
from core.recipe import Size
from tools import parts

ROOT = Path(__file__).parent.parent
FINDINGS = ROOT / "out" / "fuzz"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF")
# Values at which counters, lengths and signs go wrong.
INTERESTING = (
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\xff\xd8\xff",
)
BATCH = 500  # files that one process tries before it says what came of them
MAX_PIXELS = 20_000_000
# Writing this there makes Linux forget how much memory the process had at most (proc_pid_clear_refs(5)).
CLEAR, FORGET_PEAK = Path("/proc/self/clear_refs"), "5"
# What a library keeps in hand between files.
SLACK_MB = 24
SIZES = (Size("box", 200, 150), Size("square", 100, 100, "cover"))


def seeds() -> list[bytes]:
    """Return one small file of each format and variant."""
    noise = random.Random(0).randbytes(64 * 48 * 3)  # noqa: S311 - repeatable, not secret
    picture = Image.frombytes("RGB", (64, 48), noise)
    exif = Image.Exif()
    exif[0x0112], exif[0x8298] = 6, "Ada"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace(b"sRGB", b"mine")  # or its numbers would never be looked at
    profile = profile[:24] + bytes(12) + profile[36:]  # which was made just now
    tagged: dict[str, object] = {
        "exif": exif,
        "icc_profile": profile,
        "xmp": b"<x:xmpmeta/>",
    }
    pillow_heif.register_heif_opener()
    made = [_file(picture, name) for name in FORMATS]
    made += [_file(picture, "JPEG", progressive=True, comment=b"hello", **tagged)]
    made += [_file(picture, name, **tagged) for name in ("PNG", "WEBP", "AVIF")]
    made += [_file(picture.convert(mode), "TIFF", compression="tiff_lzw") for mode in ("CMYK", "L", "1", "P")]
    made += [_file(picture.convert(mode), "PNG") for mode in ("RGBA", "LA", "P", "I;16")]
    made += [
        _file(picture, name, save_all=True, append_images=[picture.rotate(90), picture.rotate(180)])
        for name in ("GIF", "WEBP", "PNG", "TIFF")
    ]
    return made


def _file(picture: Image.Image, name: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def mutants(chance: random.Random) -> Iterator[bytes]:
    """Yield changed files without end: two of three after their format, the others byte by byte."""
    files = [(identify(each), each) for each in seeds()]
    while True:
        name, data = chance.choice(files)
        if name in parts.FORMATS and chance.random() < 2 / 3:
            others = [each for known, each in files if known == name]
            yield parts.mutated(data, name, chance, chance.choice(others))
        else:
            yield _scrambled(data, [each for _, each in files], chance)


def _scrambled(seed: bytes, files: list[bytes], chance: random.Random) -> bytes:
    """Return the file with bytes replaced, put in, taken out, repeated, cut off, or crossed."""
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        at = chance.randrange(len(data)) if data else 0
        change = chance.randrange(6)
        if change == 0:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif change == 1:
            value = chance.choice(INTERESTING)
            data[at : at + len(value)] = value
        elif change == 2:
            data[at:at] = chance.randbytes(chance.randint(1, 64))
        elif change == 3:
            del data[at : at + chance.randint(1, 64)]
        elif change == 4:
            data[at:at] = data[at : at + chance.randint(1, 512)] * chance.randint(1, 20)
        else:
            other = chance.choice(files)
            data[at:] = other[chance.randrange(len(other)) :]
    return bytes(data)


def outcome(data: bytes, time_limit: float) -> str:
    """Return "photo", "animation" or the error's name; what breaks the rules begins with ``!``."""
    began, before = time.perf_counter(), _memory_mb("VmRSS")
    CLEAR.write_text(FORGET_PEAK)
    try:
        photo, picture = read(data, MAX_PIXELS, SIZES)
        name = "photo" if picture.width * picture.height <= photo.width * photo.height else "!too large"
        if photo.frames > 1 and photo.format != "tiff":
            inspect(data, MAX_PIXELS, SIZES, animated=True)
            film = read_film(data, MAX_PIXELS, SIZES, animated=True)[1]
            name = "animation" if len(film.frames) <= photo.frames else "!too many pictures"
    except PhotoError as error:
        name = type(error).__name__ if str(error).endswith(".") and len(str(error)) < 500 else "!no sentence"
    except BaseException:  # whatever else comes out is what is looked for
        name = "!" + traceback.format_exc().splitlines()[-1]
    taken = _memory_mb("VmHWM") - before
    if taken > SLACK_MB and taken > SLACK_MB + _allowed_mb(data):
        return f"!too much memory for {name}"
    return name if time.perf_counter() - began <= time_limit else "!too slow"


def _memory_mb(key: str) -> float:
    return int(Path("/proc/self/status").read_text().partition(f"{key}:")[2].split()[0]) / 1024


def _allowed_mb(data: bytes) -> float:
    """Return what the rule says that the file takes beside a worker; nothing if it can't be opened."""
    try:
        name = signature.identify(data)
        source = reading.load(name).open(data)
        headroom = decode.DRAFT_HEADROOM, decode.REDUCE_HEADROOM
        peak = max(each.peak for each in budget.stages(source, name, SIZES, None, headroom))
        pictures = source.frames if name in decode.ANIMATED else 1
        return (peak + pictures * 12 * source.size[0] * source.size[1]) / 2**20
    except Exception:
        return 0.0


@dataclass(frozen=True)
class Batch:
    """What came of some files: how often which outcome, those that broke the rules, and the peak memory."""

    outcomes: Counter[str]
    findings: tuple[bytes, ...]
    peak_mb: float


def try_batch(seed: str, count: int, time_limit: float) -> Batch:
    """Try ``count`` files in this process, which ends at once if a library hangs."""
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # libtiff talks of every flaw
    seen, findings = Counter[str](), []
    for data in islice(mutants(random.Random(seed)), count):  # noqa: S311 - repeatable, not secret
        faulthandler.dump_traceback_later(3 * time_limit, exit=True)
        result = outcome(data, time_limit)
        seen[result] += 1
        if result.startswith("!"):
            findings.append(data)
    faulthandler.cancel_dump_traceback_later()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Batch(seen, tuple(findings), peak_mb)


def main() -> None:
    """Fuzz on all cores, print what came of it, and keep what broke the rules."""
    parser = argparse.ArgumentParser(description="Fuzz the reading of photos.")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=10, help="seconds for one file")
    asked = parser.parse_args()
    seeds_of_batches = [f"{asked.seed}-{number}" for number in range(-(-asked.inputs // BATCH))]
    began, seen, peak_mb = time.monotonic(), Counter[str](), 0.0
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        running = {pool.submit(try_batch, seed, BATCH, asked.time_limit): seed for seed in seeds_of_batches}
        for done in as_completed(running):
            try:
                batch = done.result()
            except BrokenProcessPool:
                seen[f"!a process died in batch {running[done]} or beside it"] += 1
                continue
            seen += batch.outcomes
            peak_mb = max(peak_mb, batch.peak_mb)
            for number, data in enumerate(batch.findings):
                FINDINGS.mkdir(parents=True, exist_ok=True)
                (FINDINGS / f"{running[done]}-{number}.bin").write_bytes(data)
    rate = seen.total() / (time.monotonic() - began)
    head = f"seed {asked.seed}: {seen.total():,} files, {rate:,.0f} a second, {peak_mb:.0f} MB at most"
    sys.stdout.write("\n".join([head, *(f"{count:8,}  {name}" for name, count in seen.most_common()), ""]))
    if any(name.startswith("!") for name in seen):
        sys.stdout.write(f"What broke the rules is in {FINDINGS}.\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
