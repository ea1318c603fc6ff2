"""What a developer adds to a copy of the project: a filter, a step and a gate; and less patience."""

FILTER = '''"""Leave few levels of each colour."""

from __future__ import annotations

from typing import Annotated

from PIL import ImageOps
from PIL.Image import Image

from core.parameters import Between
from core.photo.alpha import colours_only


def apply(image: Image, *, bits: Annotated[int, Between(1, 8)] = 3) -> Image:
    """Return the picture with ``bits`` bits a colour."""
    return colours_only(image, lambda rgb: ImageOps.posterize(rgb, bits))
'''
IN_THE_RECIPE = '\n[[filters]]\nname = "posterize"\nbits = 2\n\n[review]\nanimated = true\n'
STEP = '''"""Write down how large the upload was."""

from __future__ import annotations

from dataclasses import replace

from core.job import Artifact, Job

READS = frozenset()
WRITES = frozenset({"output"})


def run(job, tools):
    text = f"{job.source.size} bytes".encode()
    key = f"{job.output_prefix}size.txt"
    tools.output.put(key, text, "text/plain")
    return replace(job, artifacts=(*job.artifacts, Artifact("size.txt", key, "text/plain", 0, 0, len(text))))
'''
GATE = '''"""Reject what nobody wants to see."""

from core.errors import PhotoError

READS = frozenset({"input"})
WRITES = frozenset()
GATE = True


def run(job, tools):
    if "unwanted" in job.source.key and tools.input.get(job.source.key, tools.max_bytes):
        raise PhotoError("Nobody wants to see it.")
    return job
'''
ADDED = {"moderate": "validate", "write_size": "optimize"}  # each with the step that it stands behind
LIMITS = "core/deployment/limits.py"
PATIENCE = "timedelta(seconds=workflow_seconds, minutes=5)"


def add(folder):
    """Write or change a file for each, a line of the definition for each step, a name in a recipe."""
    (folder / "core/photo/filters/posterize.py").write_text(FILTER)
    (folder / "core/steps/write_size.py").write_text(STEP)
    (folder / "core/steps/moderate.py").write_text(GATE)
    with (folder / "recipes/gallery.toml").open("a") as recipe:
        recipe.write(IN_THE_RECIPE)
    for name, behind in ADDED.items():
        line = f'        *step("{behind}"),\n'
        replace(folder / "core/workflow/photo.py", line, f'{line}        *step("{name}"),\n')


def be_impatient(folder):
    """Have lost jobs looked for from their first second on."""
    replace(folder / LIMITS, PATIENCE, "timedelta(seconds=1)")


def replace(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
