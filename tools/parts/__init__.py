"""Take files apart by their formats and put them together again, so that mutated ones stay well-formed.

Each format's file becomes a list of parts, of which only the kind and the content are changed; lengths,
checksums and offsets are recomputed. A format's module holds ``split(data)`` and ``join(parts)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tools.parts import gif, iso, jpeg, png, riff, tiff
from tools.parts.part import Parts

# Values at which counters, lengths and signs go wrong, at each width in bytes.
EDGES = (
    0,
    1,
    2,
    7,
    8,
    16,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    2**31 - 1,
    2**31,
    2**32 - 1,
)

FORMATS: dict[str, tuple[Callable[[bytes], Parts], Callable[[Parts], bytes]]] = {
    "png": (png.split, png.join),
    "jpeg": (jpeg.split, jpeg.join),
    "gif": (gif.split, gif.join),
    "webp": (riff.split, riff.join),
    "avif": (iso.split, iso.join),
    "heic": (iso.split, iso.join),
    "tiff": (tiff.split, tiff.join),
}


def mutated(data: bytes, name: str, chance: Random, other: bytes = b"") -> bytes:
    """Return a file of this format with some parts changed, doubled, moved, removed or from another file."""
    split, join = FORMATS[name]
    parts = split(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        if not parts:
            break
        at = chance.randrange(len(parts))
        change = chance.randrange(8)
        if change < 4:
            parts[at] = replace(parts[at], content=_edited(parts[at].content, chance))
        elif change == 4:
            parts[at:at] = [parts[at]] * chance.choice((1, 2, 200))
        elif change == 5:
            parts.insert(chance.randrange(len(parts)), parts.pop(at))
        elif change == 6:
            del parts[at]
        elif theirs := split(other) if other else parts:
            parts.insert(at, chance.choice(theirs))
    return join(parts)


def _edited(content: bytes, chance: Random) -> bytes:
    """Return the content with a number in it set to an edge, cut, or longer."""
    changed = bytearray(content)
    at = (
        chance.randrange(len(changed))
        if changed and chance.random() < 0.5
        else chance.randrange(min(24, len(changed)) or 1)
    )
    change = chance.randrange(6)
    if change < 4:
        size = chance.choice((1, 2, 4))
        value = chance.choice(EDGES) & (256**size - 1)
        changed[at : at + size] = value.to_bytes(size, chance.choice(("big", "little")))
    elif change == 4:
        del changed[at:]
    else:
        changed += chance.randbytes(chance.choice((1, 16, 300)))
    return bytes(changed)
