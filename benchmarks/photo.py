"""Compare the photo core with typical Pillow code, sharp and libvips, on equal photos and outputs.

``make benchmark`` runs it with the libraries it compares:

    npm ci --prefix benchmarks
    .venv/bin/uv run --no-project --python 3.13 --with-requirements locks/benchmarks.txt benchmarks/photo.py

Every measurement is a process of its own that warms up on a small photo and then does its work once; the
contenders take turns, so that whatever else the machine does falls on all of them. Wall and CPU time are
those of the work, memory is the process's peak. Likeness is the mean SSIM (8 x 8 windows, luma) of what was
written, decoded again, to a reference that Pillow resized in 32-bit floating point from the whole photo.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from camera import PHOTOS, make_photo
from PIL import Image
from rich.console import Console
from rich.table import Table
from scipy.ndimage import uniform_filter

HERE = Path(__file__).parent
ROOT = HERE.parent
NODE = [shutil.which("node") or "node"]
PYTHON = [sys.executable]
CONTENDERS = {
    "Twinlens": [*PYTHON, str(HERE / "contenders/twinlens.py")],
    "Pillow, naive": [*PYTHON, str(HERE / "contenders/naive.py")],
    "sharp, clones": [*NODE, str(HERE / "contenders/sharp.mjs"), "clones"],
    "sharp, pyramid": [*NODE, str(HERE / "contenders/sharp.mjs"), "pyramid"],
    "pyvips": [*PYTHON, str(HERE / "contenders/vips.py")],
}


def _jpeg(progressive: bool = False) -> dict[str, Any]:
    return {"format": "jpeg", "quality": 80, "progressive": progressive}


def _box(name: str, width: int, height: int, fit: str = "inside") -> dict[str, Any]:
    return {"name": name, "width": width, "height": height, "fit": fit}


TASKS: dict[str, dict[str, Any]] = {
    "gallery": {
        "sizes": [_box("display", 800, 600), _box("thumbnail", 200, 200, "cover")],
        "filtered": True,
        "outputs": [_jpeg(progressive=True), {"format": "webp", "quality": 80}],
    },
    "four sizes": {
        "sizes": [_box(f"w{width}", width, width) for width in (2048, 1024, 512, 256)],
        "filtered": False,
        "outputs": [_jpeg()],
    },
    "thumbnail": {"sizes": [_box("small", 256, 256)], "filtered": False, "outputs": [_jpeg()]},
}


@dataclass(frozen=True)
class Figures:
    """The medians of one contender's runs, and the least likeness of its outputs."""

    wall_ms: float
    cpu_ms: float
    peak_mb: float
    ssim: float


def references(photo: Path, task: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Return the luma of each size that keeps the whole photo, resized in floating point."""
    channels = [channel.convert("F") for channel in Image.open(photo).convert("RGB").split()]
    width, height = channels[0].size
    made = {}
    for size in task["sizes"]:
        if size["fit"] == "inside":
            scale = min(size["width"] / width, size["height"] / height)
            box = (round(width * scale), round(height * scale))
            resized = (np.asarray(each.resize(box, Image.Resampling.LANCZOS)) for each in channels)
            made[size["name"]] = _luma(*resized)
    return made


def _luma(red: Any, green: Any, blue: Any) -> np.ndarray[Any, Any]:
    luma: np.ndarray[Any, Any] = 0.299 * red + 0.587 * green + 0.114 * blue
    return luma


def ssim(one: np.ndarray[Any, Any], two: np.ndarray[Any, Any]) -> float:
    """Return the mean structural similarity (Wang et al., 2004) of two pictures of tones 0 to 255."""
    low, high = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_one, mean_two = uniform_filter(one, 8), uniform_filter(two, 8)
    variance_one = uniform_filter(one * one, 8) - mean_one**2
    variance_two = uniform_filter(two * two, 8) - mean_two**2
    covariance = uniform_filter(one * two, 8) - mean_one * mean_two
    likeness = (2 * mean_one * mean_two + low) * (2 * covariance + high)
    return float(
        np.mean(likeness / ((mean_one**2 + mean_two**2 + low) * (variance_one + variance_two + high)))
    )


def likeness(folder: Path, wanted: dict[str, np.ndarray[Any, Any]]) -> float:
    """Return the least SSIM of the JPEGs in the folder to their references."""
    found = []
    for name, reference in wanted.items():
        picture = np.asarray(Image.open(folder / f"{name}.jpg").convert("RGB"), dtype=np.float64)
        found.append(ssim(_luma(*np.moveaxis(picture, 2, 0)), reference))
    return min(found)


def run(
    command: list[str], warm_up: Path, photo: Path, folder: Path, task: dict[str, Any]
) -> dict[str, float]:
    """Run a contender's task once, and return its own measurements."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(  # noqa: S603 - our own scripts
        [*command, str(warm_up), str(photo), str(folder), json.dumps(task)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "VIPS_CONCURRENCY": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def compare(
    task: dict[str, Any], photo: Path, warm_up: Path, out: Path, repetitions: int
) -> dict[str, Figures]:
    """Measure every contender on one photo, taking turns."""
    commands = {name: command for name, command in CONTENDERS.items() if _installed(name)}
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for _ in range(repetitions):
        for name, command in commands.items():
            taken[name].append(run(command, warm_up, photo, out / name, task))
    wanted = references(photo, task)
    return {
        name: Figures(
            wall_ms=statistics.median(each["wall_ms"] for each in runs),
            cpu_ms=statistics.median(each["cpu_ms"] for each in runs),
            peak_mb=statistics.median(each["peak_mb"] for each in runs),
            ssim=likeness(out / name, wanted),
        )
        for name, runs in taken.items()
    }


def _installed(name: str) -> bool:
    return not name.startswith("sharp") or (HERE / "node_modules/sharp").exists()


def show(console: Console, task: str, megapixels: int, figures: dict[str, Figures]) -> None:
    """Print one table, with Twinlens as the reference."""
    table = Table(title=f"{task}, {megapixels} MP")
    for column in ("", "wall ms", "CPU ms", "peak MB", "SSIM", "Twinlens' CPU / its"):
        table.add_column(column, justify="left" if not column else "right")
    ours = figures["Twinlens"].cpu_ms
    for name, each in figures.items():
        ratio = f"{ours / each.cpu_ms:.2f}"
        table.add_row(
            name,
            f"{each.wall_ms:.0f}",
            f"{each.cpu_ms:.0f}",
            f"{each.peak_mb:.0f}",
            f"{each.ssim:.4f}",
            ratio,
        )
    console.print(table)


def main() -> None:
    """Measure and print; ``--json FILE`` also writes the figures."""
    parser = argparse.ArgumentParser(description="Compare the photo core with other ways.")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--megapixels", type=int, nargs="+", choices=PHOTOS, default=list(PHOTOS))
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    console = Console()
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if not _installed("sharp"):
        console.print("sharp is not installed and left out; `npm ci --prefix benchmarks` installs it.")
    results = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_photo(folder / "warm-up.jpg", (640, 480))
        for megapixels in asked.megapixels:
            photo = folder / f"{megapixels}.jpg"
            make_photo(photo, PHOTOS[megapixels])
            for task in asked.tasks:
                out = folder / f"{megapixels}-{task}"
                figures = compare(TASKS[task], photo, folder / "warm-up.jpg", out, asked.repetitions)
                show(console, task, megapixels, figures)
                results += [
                    {"task": task, "megapixels": megapixels, "contender": name, **vars(each)}
                    for name, each in figures.items()
                ]
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
