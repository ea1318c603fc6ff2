"""Change sample photos at random and see that each ends as a photo or as an error of our own, in time.

    .venv/bin/python -m tools.fuzz --seconds 60 --seed 1

The same seed makes the same files. What breaks the rule is written to ``out/fuzz/``, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

from core.errors import PhotoError
from core.photo.decode import read
from core.recipe import Size

ROOT = Path(__file__).parent.parent
FINDINGS = ROOT / "out" / "fuzz"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")
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
MAX_PIXELS = 20_000_000
SIZES = (Size("box", 200, 150), Size("square", 100, 100, "cover"))


def seeds() -> list[bytes]:
    """Return one small file of each format and variant."""
    noise = random.Random(0).randbytes(64 * 48 * 3)  # noqa: S311 - repeatable, not secret
    picture = Image.frombytes("RGB", (64, 48), noise)
    exif = Image.Exif()
    exif[0x0112], exif[0x8298] = 6, "Ada"
    made = [_file(picture, name) for name in FORMATS]
    made += [_file(picture, "JPEG", progressive=True, exif=exif, comment=b"hello")]
    made += [_file(picture.convert(mode), "TIFF", compression="tiff_lzw") for mode in ("CMYK", "L", "1", "P")]
    made += [_file(picture.convert(mode), "PNG") for mode in ("RGBA", "LA", "P", "I;16")]
    made += [
        _file(picture, name, save_all=True, append_images=[picture] * 3) for name in ("GIF", "WEBP", "PNG")
    ]
    return made


def _file(picture: Image.Image, name: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def mutants(chance: random.Random) -> Iterator[bytes]:
    """Yield changed files without end: bytes replaced, put in, taken out, repeated, cut off, or crossed."""
    files = seeds()
    while True:
        data = bytearray(chance.choice(files))
        for _ in range(chance.randint(1, 12)):
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
        yield bytes(data)


def outcome(data: bytes, time_limit: float) -> str:
    """Return "photo" or the error's name; what breaks the rules begins with ``!``."""
    began = time.perf_counter()
    try:
        photo, picture = read(data, MAX_PIXELS, SIZES)
        name = "photo" if picture.width * picture.height <= photo.width * photo.height else "!too large"
    except PhotoError as error:
        name = type(error).__name__ if str(error).endswith(".") and len(str(error)) < 500 else "!no sentence"
    except BaseException:  # whatever else comes out is what is looked for
        name = "!" + traceback.format_exc().splitlines()[-1]
    return name if time.perf_counter() - began <= time_limit else "!too slow"


def main() -> None:
    """Fuzz for a time, print what came of it, and keep what broke the rules."""
    parser = argparse.ArgumentParser(description="Fuzz the reading of photos.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=10, help="seconds for one file")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # libtiff talks of every flaw
    seen: Counter[str] = Counter()
    end = time.monotonic() + asked.seconds
    for number, data in enumerate(mutants(random.Random(asked.seed))):  # noqa: S311 - repeatable, not secret
        result = outcome(data, asked.time_limit)
        seen[result] += 1
        if result.startswith("!"):
            FINDINGS.mkdir(parents=True, exist_ok=True)
            (FINDINGS / f"{asked.seed}-{number}.bin").write_bytes(data)
        if time.monotonic() > end:
            break
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = [f"{count:8,}  {name}" for name, count in seen.most_common()]
    sys.stdout.write(
        "\n".join([f"seed {asked.seed}, {seen.total():,} files, {memory} MB at most", *lines, ""])
    )
    if any(name.startswith("!") for name in seen):
        sys.stdout.write(f"What broke the rules is in {FINDINGS}.\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
