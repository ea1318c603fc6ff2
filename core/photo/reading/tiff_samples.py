"""Turn rows of packed samples into 8-bit channels, with bulk operations instead of Python loops."""

from __future__ import annotations

from math import lcm

from PIL import ImageChops, ImageMath
from PIL.Image import Image, frombytes, merge, new

_BYTE = 8
# A prefix sum of 16-bit samples needs 12 bytes per sample; this many are summed at a time.
_AT_ONCE = 2**20

Size = tuple[int, int]


def channels(
    rows: bytes, size: Size, samples: int, bits: int, *, little: bool, predicted: bool, scaled: bool = True
) -> list[Image]:
    """Return each of the ``samples`` of a pixel as a picture of its upper eight bits.

    Each sample in ``rows`` has ``bits`` bits, most significant first, and each row begins at a whole byte.
    16-bit samples are ``little`` or big endian. ``predicted`` samples are differences to those on the left
    (TIFF 6.0, section 14). Samples of fewer than eight bits are ``scaled`` to 255.
    """
    if bits == 2 * _BYTE:
        upper = 1 if little else 0
        highs = [frombytes("L", size, rows[2 * at + upper :: 2 * samples]) for at in range(samples)]
        if not predicted:
            return highs
        lows = [frombytes("L", size, rows[2 * at + 1 - upper :: 2 * samples]) for at in range(samples)]
        return [_summed_words(high, low) for high, low in zip(highs, lows, strict=True)]
    if bits == _BYTE:
        planes = [frombytes("L", size, rows[at::samples]) for at in range(samples)]
        return [_summed(each) for each in planes] if predicted else planes
    unpacked = _unpacked(rows, (size[0] * samples, size[1]), bits, scaled=scaled)
    return [frombytes("L", size, unpacked[at::samples]) for at in range(samples)]


def row_bytes(width: int, samples: int, bits: int) -> int:
    """Return the number of bytes in a row."""
    return -(-width * samples * bits // _BYTE)


def opaque(channel: Image, alpha: Image) -> Image:
    """Undo the multiplication of a channel by ``alpha``."""
    return merge("RGBa", (channel, channel, channel, alpha)).convert("RGBA").getchannel("R")


def _unpacked(rows: bytes, size: Size, bits: int, *, scaled: bool) -> bytes:
    """Return samples that are not whole bytes as one byte each, by their positions in a group of bytes."""
    width, height = size
    group = lcm(bits, _BYTE)
    step, count = group // _BYTE, group // bits
    had = row_bytes(width, 1, bits)
    groups = -(-had // step)
    padded = frombytes("L", (had, height), rows).crop((0, 0, groups * step, height)).tobytes()
    unpacked = bytearray(groups * count * height)
    most = 2**bits - 1 if scaled else 255
    scale = bytes((byte >> max(0, _BYTE - bits)) * 255 // most for byte in range(256))
    for number in range(count):
        at, shift = divmod(number * bits, _BYTE)
        sample = padded[at::step].translate(bytes(byte << shift & 255 for byte in range(256)))
        if shift + min(bits, _BYTE) > _BYTE:
            rest = padded[at + 1 :: step].translate(bytes(byte >> _BYTE - shift for byte in range(256)))
            sample = (int.from_bytes(sample) | int.from_bytes(rest)).to_bytes(len(sample))
        unpacked[number::count] = sample.translate(scale) if bits < _BYTE else sample
    whole = frombytes("L", (groups * count, height), bytes(unpacked))
    return whole.crop((0, 0, width, height)).tobytes()


def _summed(plane: Image) -> Image:
    """Return the prefix sums of each row modulo 256; each step doubles the number of samples summed."""
    step = 1
    while step < plane.width:
        shifted = new("L", plane.size)
        shifted.paste(plane.crop((0, 0, plane.width - step, plane.height)), (step, 0))
        plane = ImageChops.add_modulo(plane, shifted)
        step *= 2
    return plane


def _summed_words(high: Image, low: Image) -> Image:
    """Return the upper eight bits of the prefix sums modulo 65,536."""
    made, rows = new("L", high.size), max(1, _AT_ONCE // high.width)
    for top in range(0, high.height, rows):
        box = (0, top, high.width, min(high.height, top + rows))
        parts = {"high": high.crop(box).convert("I"), "low": low.crop(box).convert("I")}
        words = ImageMath.lambda_eval(lambda each: each["high"] * 256 + each["low"], **parts)
        step = 1
        while step < words.width:
            shifted = new("I", words.size)
            shifted.paste(words.crop((0, 0, words.width - step, words.height)), (step, 0))
            words = ImageMath.lambda_eval(lambda each: (each["a"] + each["b"]) & 65_535, a=words, b=shifted)
            step *= 2
        upper = ImageMath.lambda_eval(lambda each: each["a"] / 256, a=words)
        made.paste(upper.convert("L"), box)
    return made
