"""Turn any picture that a file can hold into 8-bit sRGB, with alpha only where something shows through.

===================  =======================================================================
in the file          becomes
===================  =======================================================================
an ICC profile       colours converted to sRGB, relative colorimetric; a broken one is ignored
gray, 1-bit          RGB of the same gray
16-bit gray          its upper eight bits
palette              its colours
CMYK, no profile     RGB by Pillow's own rule, 255 - min(255, ink + black)
transparency         RGBA; RGB again if every pixel is opaque
32-bit, Lab, float   refused: no photo, and no agreed white
===================  =======================================================================
"""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image

from core.errors import UnsupportedFormat

_PLAIN = {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}
_SIXTEEN_BIT = {"I;16", "I;16L", "I;16B", "I;16N"}


def to_srgb(image: Image) -> Image:
    """Return the decoded picture as RGB or RGBA in sRGB, with no metadata.

    Raises:
        UnsupportedFormat: Its samples are of a kind that has no agreed meaning on a screen.
    """
    profile = image.info.get("icc_profile")
    if image.mode in _SIXTEEN_BIT:
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode not in _PLAIN:
        raise UnsupportedFormat(f"Pictures with {image.mode} samples are not accepted; send 8 or 16 bits.")
    transparent = image.has_transparency_data
    if profile:
        image = _convert(image, profile, transparent)
    image = image.convert("RGBA" if transparent else "RGB")
    if transparent and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.info.clear()
    return image


def _convert(image: Image, profile: bytes, transparent: bool) -> Image:
    """Return the picture converted from ``profile``; unchanged if that is broken or of another mode."""
    from PIL import ImageCms  # only a photo with a profile pays for colour management

    if image.mode not in {"L", "CMYK", "RGB"}:
        image = image.convert("RGBA" if transparent else "RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
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
