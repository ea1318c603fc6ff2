"""A filter, a step and a gate are added to the project as a developer does it."""

from io import BytesIO

import pytest
from PIL import Image

from core.errors import ObjectMissing
from core.job import Job, Problem
from core.workflow.granularity import GRANULARITIES
from local import stack
from local.environment import LocalStack

pytestmark = pytest.mark.e2e

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


def add(project, name, text, behind):
    """Add a step: its file, and a line behind another step's."""
    (project / f"core/steps/{name}.py").write_text(text)
    definition = project / "core/workflow/photo.py"
    line = f'        *step("{behind}"),\n'
    assert definition.read_text().count(line) == 1
    definition.write_text(definition.read_text().replace(line, f'{line}        *step("{name}"),\n'))


def test_a_filter_and_steps_are_added_in_one_place_each(project, process, photo):
    """The architecture's own test: a file each, a line in the definition, the filter's name in a recipe.

    In both granularities the gate lets one photo pass and leaves nothing of the other.
    """
    (project / "core/photo/filters/posterize.py").write_text(FILTER)
    recipe = project / "recipes/gallery.toml"
    recipe.write_text(recipe.read_text() + '\n[[filters]]\nname = "posterize"\nbits = 2\n')
    add(project, "write_size", STEP, behind="optimize")
    add(project, "moderate", GATE, behind="validate")

    made = []
    for name in LocalStack:
        for granularity in GRANULARITIES:
            outputs = stack.up(name, project, {"twinlens:granularity": granularity})
            row, stand = process(name, outputs, f"incoming/{granularity}.jpg")
            assert row.state == "succeeded", row.document["error"]
            job = Job.from_document(row.document)
            steps = [entry.step for entry in job.trace]
            assert (steps[:2], steps[-1]) == (["validate", "moderate"], "write_size")
            made.append({each.name: stand.deployment.read_output(each.key) for each in job.artifacts})

            row, _ = process(name, outputs, f"incoming/unwanted-{granularity}.jpg")
            rejected = Job.from_document(row.document)
            assert (row.state, rejected.error) == (
                "rejected",
                Problem("PhotoError", "Nobody wants to see it."),
            )
            assert [entry.step for entry in rejected.trace] == ["validate", "moderate"]
            for artifact in job.artifacts:
                with pytest.raises(ObjectMissing):
                    stand.deployment.read_output(f"{rejected.output_prefix}{artifact.name}")
    first, *others = made
    assert all(each == first for each in others)
    assert first["size.txt"] == f"{len(photo)} bytes".encode()
    assert levels(first["filtered.jpg"]) < levels(first["display.jpg"])


def levels(data):
    """Return how many different grays hold over a hundredth of the picture each."""
    with Image.open(BytesIO(data)) as picture:
        counts = picture.convert("L").histogram()
    return sum(count > sum(counts) / 200 for count in counts)
