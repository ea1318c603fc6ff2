"""A filter and a step are added to the project as a developer does it."""

from io import BytesIO

import pytest
from PIL import Image

from core.job import Job
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


def test_a_filter_and_a_step_are_added_in_one_place_each(project, process, photo):
    """The architecture's own test: two files, a line in the pipeline, the filter's name in a recipe."""
    (project / "core/photo/filters/posterize.py").write_text(FILTER)
    (project / "core/steps/write_size.py").write_text(STEP)
    recipe = project / "recipes/gallery.toml"
    recipe.write_text(recipe.read_text() + '\n[[filters]]\nname = "posterize"\nbits = 2\n')
    pipeline = project / "core/workflow/photo.py"
    line = '        step("optimize"),\n'
    assert pipeline.read_text().count(line) == 1
    pipeline.write_text(pipeline.read_text().replace(line, line + '        step("write_size"),\n'))

    made = {}
    for name in LocalStack:
        row, stand = process(name, stack.up(name, project), "incoming/new.jpg")
        assert row.state == "succeeded", row.document["error"]
        job = Job.from_document(row.document)
        assert [entry.step for entry in job.trace][-1] == "write_size"
        made[name] = {each.name: stand.deployment.read_output(each.key) for each in job.artifacts}
    first, second = made.values()
    assert first == second
    assert first["size.txt"] == f"{len(photo)} bytes".encode()
    assert levels(first["filtered.jpg"]) < levels(first["display.jpg"])


def levels(data):
    """Return how many different grays hold over a hundredth of the picture each."""
    with Image.open(BytesIO(data)) as picture:
        counts = picture.convert("L").histogram()
    return sum(count > sum(counts) / 200 for count in counts)
