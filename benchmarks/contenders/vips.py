"""libvips through pyvips: one decode at a reduced scale, then a pyramid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyvips
from measure import main

pyvips.cache_set_max(0)


def work(photo: Path, folder: Path, task: dict[str, Any]) -> None:
    """Write every output of the task."""
    data = photo.read_bytes()
    made: dict[str, pyvips.Image] = {}
    whole: pyvips.Image | None = None
    for size in task["sizes"]:
        box = {"height": size["height"], "crop": "centre" if size["fit"] == "cover" else "none"}
        if whole is None:
            picture = pyvips.Image.thumbnail_buffer(data, size["width"], **box)
        else:
            picture = whole.thumbnail_image(size["width"], **box)
        made[size["name"]] = picture = picture.copy_memory()
        whole = whole or picture
    if task["filtered"] and whole is not None:
        low, high = whole.percent(0.5), whole.percent(99.5)
        stretched = ((whole - low) * (255 / max(1, high - low))).cast("uchar")
        made["filtered"] = stretched.sharpen(sigma=1).copy_memory()
    for name, picture in made.items():
        for output in task["outputs"]:
            _write(picture, folder / name, output)


def _write(picture: pyvips.Image, path: Path, output: dict[str, Any]) -> None:
    if output["format"] == "jpeg":
        picture.jpegsave(
            str(path.with_suffix(".jpg")),
            Q=output["quality"],
            interlace=output["progressive"],
            optimize_coding=True,
            keep="none",
        )
    else:
        picture.webpsave(str(path.with_suffix(".webp")), Q=output["quality"], effort=4, keep="none")


main(work)
