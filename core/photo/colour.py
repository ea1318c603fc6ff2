"""Turn any decoded picture into 8-bit sRGB, with alpha only if some pixel is not opaque.

===================  =======================================================================
in the file          becomes
===================  =======================================================================
an ICC profile       colours converted to sRGB, relative colorimetric; one that is broken,
                     of other colours than the picture, or larger than 4 MiB is ignored
gray, 1-bit          RGB of the same gray, or as converted by its gray profile
16 bits a sample     their upper eight
palette              its colours
CMYK, no profile     each of red, green, blue = (255 - ink) x (255 - black) / 255
transparency         RGBA; RGB if every pixel is opaque
===================  =======================================================================

A profile equivalent to sRGB's, whatever its name, changes nothing.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from PIL.Image import Image, frombytes
from PIL.ImageChops import difference
from PIL.ImageFile import ImageFile

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

# The largest profiles, those of printing presses, have about 3 MB.
MAX_PROFILE_BYTES = 4 * 2**20
_SIXTEEN_BIT = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_GRAY_MODES = frozenset({"1", "L", "LA", "La"}) | _SIXTEEN_BIT
_HEADER_BYTES = 128
_GRAY, _COLOUR, _INKS = b"GRAY", b"RGB ", b"CMYK"
# The largest difference from sRGB at which colours stay unchanged: no more than rounding.
_SAME = 2


def fits(profile: bytes, *, gray: bool) -> bool:
    """Return whether this is an ICC profile for gray or, if not ``gray``, for RGB."""
    if not _HEADER_BYTES < len(profile) <= MAX_PROFILE_BYTES or profile[36:40] != b"acsp":
        return False
    return profile[16:20] == (_GRAY if gray else _COLOUR)


def to_srgb(image: Image, profile: bytes | None = None) -> Image:
    """Return the decoded picture as RGB or RGBA in sRGB, without metadata, converted from ``profile``."""
    gray = image.mode in _GRAY_MODES
    if image.mode in _SIXTEEN_BIT:
        image = image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() == (255, 255):
            image = image.convert("RGB")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in {"L", "CMYK", "RGB"}:
        image = image.convert("RGB")
    if profile and len(profile) <= MAX_PROFILE_BYTES:
        image = _convert(image, profile, gray=gray)
    if image.mode not in {"RGB", "RGBA"}:
        image = image.convert("RGB")
    if isinstance(image, ImageFile):
        image = image.copy()  # a picture from a file carries its metadata
    image.info.clear()
    return image


def _convert(image: Image, profile: bytes, *, gray: bool) -> Image:
    """Return the picture converted from ``profile``; unchanged if the profile is for other colours."""
    space = profile[16:20]
    if space == _GRAY and gray:
        tones = image if image.mode == "L" else image.getchannel("R")
        transform = _transform(profile, "L", "RGB")
        if transform is None:
            return image
        converted = transform.apply(tones)
        if image.mode == "RGBA":
            converted.putalpha(image.getchannel("A"))
        return converted
    if not ((space == _COLOUR and not gray) or (space == _INKS and image.mode == "CMYK")):
        return image
    transform = _transform(profile, image.mode, "RGBA" if image.mode == "RGBA" else "RGB")
    return image if transform is None else transform.apply(image)


@lru_cache(maxsize=1)  # all frames of an animation share one
def _transform(profile: bytes, mode: str, target: str) -> ImageCmsTransform | None:
    """Return the transform from the profile to sRGB; ``None`` if the profile is broken or changes nothing."""
    from PIL import ImageCms  # imported late, since only photos with a profile need it

    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            target,
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        probe = _probe(mode)
        seen = transform.apply(probe)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    if mode == "CMYK":
        return transform
    change = max(difference(seen.convert("RGB"), probe.convert("RGB")).tobytes())
    return None if change <= _SAME else transform


def _probe(mode: str) -> Image:
    """Return a picture with all grays, and colours from the whole colour cube."""
    colours = [bytes((each, each, each)) for each in range(256)]
    steps = range(0, 256, 51)
    colours += [bytes((red, green, blue)) for red in steps for green in steps for blue in steps]
    return frombytes("RGB", (len(colours), 1), b"".join(colours)).convert(mode)
