"""Count a file's pictures without decoding them, and without being led on for ever."""

from __future__ import annotations

from PIL.ImageFile import ImageFile

from core.errors import TooManyFrames

MAX_FRAMES = 1000


def count_frames(image: ImageFile, name: str, data: bytes) -> int:
    """Return how many pictures the file holds; an animation's first one is the photo.

    Raises:
        TooManyFrames: There are more than :data:`MAX_FRAMES`.
    """
    if name == "gif":
        frames = _gif_frames(data)
    elif name == "tiff":
        frames = _tiff_frames(image)
    else:
        frames = getattr(image, "n_frames", 1)  # declared in the header
    if frames > MAX_FRAMES:
        raise TooManyFrames(f"The file holds more than {MAX_FRAMES} pictures.")
    return frames


def _tiff_frames(image: ImageFile) -> int:
    """Walk the chain of directories one by one: Pillow's own count would follow a chain of any length."""
    frames = 1
    try:
        while frames <= MAX_FRAMES:
            image.seek(frames)
            frames += 1
    except EOFError:
        pass
    image.seek(0)
    return frames


def _gif_frames(data: bytes) -> int:
    """Walk the blocks of the file (GIF89a, sections 17 to 26); a cut-off file ends the walk."""
    at = 13 + _colour_table(data[10])
    frames = 0
    while at < len(data) and frames <= MAX_FRAMES:
        match data[at]:
            case 0x21:  # extension
                at = _after_sub_blocks(data, at + 2)
            case 0x2C if at + 9 < len(data):  # image
                frames += 1
                at = _after_sub_blocks(data, at + 11 + _colour_table(data[at + 9]))
            case _:
                break
    return max(frames, 1)


def _colour_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
