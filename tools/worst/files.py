"""Write the file of a case."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import AvifImagePlugin, Image, ImageCms, TiffImagePlugin, WebPImagePlugin

from tools import crafted
from tools.worst.cases import Case

PLUGINS = (AvifImagePlugin, ImageCms, TiffImagePlugin, WebPImagePlugin)  # loaded before anything is measured


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
    image = _picture("RGB" if case.kind == "crafted JPEG" else case.mode, case)
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
    """Return a profile that changes colours: sRGB's with red and blue swapped."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"xxxx").replace(b"bXYZ", b"rXYZ").replace(b"xxxx", b"bXYZ")


_PROFILE = _swapped_profile()


def _picture(mode: str, case: Case) -> Image.Image:
    """Return a picture of noise (dense) or gradients, or of few colours (plain)."""
    size = case.size
    tile = Image.effect_noise((256, 256), 90) if case.dense else Image.radial_gradient("L")
    if case.plain:
        tile = tile.point(lambda tone: tone & 0xC0)
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
