"""Photos to measure with, of any size."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

SAMPLES = Path(__file__).parent.parent / "samples"
TILES = ("mountain.jpg", "dandelion.jpg", "sunset.jpg")
PHOTOS = {6: (3000, 2000), 12: (4240, 2832), 24: (6000, 4000), 48: (8480, 5664)}  # by megapixels


def make_photo(path: Path, size: tuple[int, int]) -> None:
    """Write a camera-like JPEG: sample photos side by side at their own scale, so that detail stays real."""
    canvas, tiles = Image.new("RGB", size), 0
    samples = [Image.open(SAMPLES / name).convert("RGB") for name in TILES]
    width, height = (min(getattr(each, side) for each in samples) for side in ("width", "height"))
    for top in range(0, size[1], height):
        for left in range(0, size[0], width):
            canvas.paste(samples[tiles % len(samples)].crop((0, 0, width, height)), (left, top))
            tiles += 1
    canvas.save(path, quality=92)
