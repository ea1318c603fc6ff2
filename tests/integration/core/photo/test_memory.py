"""What decoding takes at most, measured in a process of its own for each format."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.photo import limits

ROOT = Path(__file__).parents[4]
# What a process allocates beside a picture: libraries that are loaded late, and the file itself.
SLACK_MB = 16

WRITE = """
import json, sys
from pathlib import Path
import pillow_heif
from PIL import Image
pillow_heif.register_heif_opener()
kind, mode, width, height, frames, options = json.loads(sys.argv[1])
tile = Image.radial_gradient("L").resize((500, 500))
tile = Image.merge("RGB", (tile, tile.rotate(90), Image.linear_gradient("L").resize((500, 500))))
tile = tile.convert(mode)
if mode == "RGBA":
    tile.putalpha(90)
picture = Image.new(mode, (width, height))
for top in range(0, height, 500):
    for left in range(0, width, 500):
        picture.paste(tile, (left, top))
if frames > 1:
    others = [picture.rotate(angle) for angle in range(1, frames)]
    options |= {"save_all": True, "append_images": others}
picture.save("photo", kind, **options)
"""
READ = """
import json, sys
from pathlib import Path
from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.photo.decode import read
from core.recipe import Size
from core.steps import Tools, execute

def peak_mb():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024

data, small = Path("photo").read_bytes(), Path(sys.argv[1]).read_bytes()
read(small, 10**9, [Size("a", 80, 60)])
before = peak_mb()
chosen = recipes.load(sys.argv[2])
job = Job("0" * 32, chosen.name, Source("in", "a", "e", len(data)), "x", "", "")
done = execute("process", job, Tools(MemoryStore({"a": data}), MemoryStore(), chosen, 10**9, 10**9))
assert not done.error, done.error
print(json.dumps([before, peak_mb()]))
"""


def peak(folder: Path, recipe: str, *picture: object) -> tuple[float, float]:
    """Return a process's peak memory before it handles this picture, and after, in MB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    sample = str(ROOT / "samples" / "sideways.jpg")
    for command in ((WRITE, json.dumps(picture)), (READ, sample, recipe)):
        done = subprocess.run(
            [sys.executable, "-c", *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout)
    return before, after


@pytest.mark.parametrize(
    ("kind", "mode", "per_pixel"),
    [
        ("JPEG", "RGB", "jpeg"),
        ("JPEG", "CMYK", "jpeg"),
        ("PNG", "RGBA", "png"),
        ("WEBP", "RGBA", "webp"),
        ("GIF", "RGB", "gif"),
        ("TIFF", "RGBA", "tiff"),
        ("BMP", "RGB", "bmp"),
        ("AVIF", "RGBA", "avif"),
        ("HEIF", "RGBA", "heic"),
    ],
)
def test_a_format_takes_no_more_than_is_stated(tmp_path: Path, kind: str, mode: str, per_pixel: str) -> None:
    side = 1500 if kind == "HEIF" else 3000  # which takes long to write
    options = {"WEBP": {"method": 0}, "AVIF": {"speed": 10}, "PNG": {"compress_level": 1}}.get(kind, {})
    before, after = peak(tmp_path, "gallery", kind, mode, side, side, 1, options)
    assert after - before <= limits.BYTES_PER_PIXEL[per_pixel] * side * side / 2**20 + SLACK_MB


def test_a_progressive_jpeg_of_100_megapixels_takes_less_than_400_mb(tmp_path: Path) -> None:
    _, after = peak(tmp_path, "gallery", "JPEG", "RGB", 10_000, 10_000, 1, {"progressive": True})
    assert after < 400


def test_a_jpeg_of_100_megapixels_takes_less_than_100_mb(tmp_path: Path) -> None:
    _, after = peak(tmp_path, "gallery", "JPEG", "RGB", 10_000, 10_000, 1, {})
    assert after < 100


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_takes_no_more_than_is_stated(tmp_path: Path, kind: str) -> None:
    options = {"method": 0} if kind == "WEBP" else {}
    before, after = peak(tmp_path, "animation", kind, "RGB", 400, 400, 15, options)
    assert after - before <= limits.BYTES_PER_PIXEL_ANIMATED * 15 * 400 * 400 / 2**20 + SLACK_MB
