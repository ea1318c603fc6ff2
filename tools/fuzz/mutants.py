"""Small valid files of every format, and an endless stream of mutated ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms

from core.photo.signature import identify
from tools import parts

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


def seeds() -> list[bytes]:
    """Return one small file of each format and variant."""
    noise = random.Random(0).randbytes(64 * 48 * 3)  # noqa: S311 - repeatable, not secret
    picture = Image.frombytes("RGB", (64, 48), noise)
    exif = Image.Exif()
    exif[0x0112], exif[0x8298] = 6, "Ada"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace(b"sRGB", b"mine")  # else its numbers would never be read
    profile = profile[:24] + bytes(12) + profile[36:]  # the creation date, which varies
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
    """Yield mutated files endlessly: two of three respect their format, the others byte by byte."""
    files = [(identify(each), each) for each in seeds()]
    while True:
        name, data = chance.choice(files)
        if name in parts.FORMATS and chance.random() < 2 / 3:
            others = [each for known, each in files if known == name]
            yield parts.mutated(data, name, chance, chance.choice(others))
        else:
            yield _scrambled(data, [each for _, each in files], chance)


def _scrambled(seed: bytes, files: list[bytes], chance: random.Random) -> bytes:
    """Return the file with bytes replaced, inserted, removed, repeated, cut off, or crossed with another."""
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
