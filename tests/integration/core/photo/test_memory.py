"""What the largest photos take, each measured in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]

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


def test_a_progressive_jpeg_of_100_megapixels_takes_less_than_400_mb(tmp_path: Path) -> None:
    _, after = peak(tmp_path, "gallery", "JPEG", "RGB", 10_000, 10_000, 1, {"progressive": True})
    assert after < 400


def test_a_jpeg_of_100_megapixels_takes_less_than_100_mb(tmp_path: Path) -> None:
    _, after = peak(tmp_path, "gallery", "JPEG", "RGB", 10_000, 10_000, 1, {})
    assert after < 100
