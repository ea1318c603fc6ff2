"""Turn any picture that a file can hold into 8-bit sRGB, with alpha only where something shows through.

===================  =======================================================================
in the file          becomes
===================  =======================================================================
an ICC profile       colours converted to sRGB, relative colorimetric; one that is broken
                     or larger than 4 MiB is ignored
gray, 1-bit          RGB of the same gray
16 bits a sample     their upper eight
palette              its colours
CMYK, no profile     each of red, green, blue = (255 - ink) x (255 - black) / 255
transparency         RGBA; RGB if every pixel is opaque
32-bit, float, Lab   refused: no photo, and no agreed white
===================  =======================================================================
"""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image
from PIL.ImageFile import ImageFile

from core.errors import UnsupportedFormat

# The largest profiles of printing presses have about 3 MB.
MAX_PROFILE_BYTES = 4 * 2**20
_EIGHT_BIT = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"})
_SIXTEEN_BIT = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})


def check_mode(image: Image) -> None:
    """Refuse samples of a kind that has no agreed meaning on a screen.

    Raises:
        UnsupportedFormat: The picture has such samples.
    """
    if image.mode not in _EIGHT_BIT | _SIXTEEN_BIT:
        raise UnsupportedFormat(f"Pictures with {image.mode} samples are not accepted; send 8 or 16 bits.")


def to_srgb(image: Image) -> Image:
    """Return the decoded picture as RGB or RGBA in sRGB, with no metadata."""
    profile = image.info.get("icc_profile")
    if image.mode in _SIXTEEN_BIT:
        image = image.point(lambda value: value / 256).convert("L")
        image.info.pop("transparency", None)  # a 16-bit gray that means nothing among eight bits
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() == (255, 255):
            image = image.convert("RGB")
    elif image.mode not in {"L", "CMYK", "RGB"}:
        image = image.convert("RGB")
    if profile and len(profile) <= MAX_PROFILE_BYTES:
        image = _convert(image, profile)
    if image.mode not in {"RGB", "RGBA"}:
        image = image.convert("RGB")
    if isinstance(image, ImageFile):
        image = image.copy()  # what came from a file carries its tags along
    image.info.clear()
    return image


def _convert(image: Image, profile: bytes) -> Image:
    """Return the picture converted from ``profile``; unchanged if that is broken or of another mode."""
    from PIL import ImageCms  # only a photo with a profile pays for colour management

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if (source.profile.profile_description or "").startswith("sRGB"):
            return image
        converted = ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return converted or image
