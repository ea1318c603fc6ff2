"""Pillow as it is usually written: the whole photo is opened and decoded again for every output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from measure import main
from PIL import Image, ImageFilter, ImageOps


def work(photo: Path, folder: Path, task: dict[str, Any]) -> None:
    """Write every output of the task."""
    for output in task["outputs"]:
        for size in task["sizes"]:
            _write(_sized(photo, size), folder / size["name"], output)
        if task["filtered"]:
            picture = ImageOps.autocontrast(_sized(photo, task["sizes"][0]), cutoff=0.5, preserve_tone=True)
            _write(picture.filter(ImageFilter.UnsharpMask(1, 60, 2)), folder / "filtered", output)


def _sized(photo: Path, size: dict[str, Any]) -> Image.Image:
    picture = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
    box = (size["width"], size["height"])
    if size["fit"] == "cover":
        return ImageOps.fit(picture, box, Image.Resampling.LANCZOS)
    width, height = picture.size
    scale = min(box[0] / width, box[1] / height)
    return picture.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)


def _write(picture: Image.Image, path: Path, output: dict[str, Any]) -> None:
    if output["format"] == "jpeg":
        progressive = output["progressive"]
        picture.save(
            path.with_suffix(".jpg"), quality=output["quality"], optimize=True, progressive=progressive
        )
    else:
        picture.save(path.with_suffix(".webp"), quality=output["quality"], method=4)


main(work)
