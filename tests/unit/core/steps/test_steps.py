from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.errors import DamagedPhoto, ObjectMissing, SetupError, TooManyBytes, TooManyPixels
from core.job import Job, Source
from core.memory import MemoryStore
from core.ports import Upload
from core.recipe import OutputFormat
from core.steps import Tools, access, execute, load
from core.workflow.photo import PIPELINE

STEPS = ["validate", "resize", "apply_filters", "optimize"]


@pytest.fixture
def photo(encode, colourful: Image.Image) -> bytes:
    return encode(colourful.resize((960, 640)), "JPEG", quality=90)


@pytest.fixture
def uploaded(job: Job, tools: Tools, photo: bytes) -> Job:
    tools.input.objects[job.source.key] = photo
    return job


def run(job: Job, tools: Tools, *steps: str) -> Job:
    for step in steps or STEPS:
        job = execute(step, job, tools)
    return job


def test_the_pipeline_makes_every_size_in_every_format(uploaded: Job, tools: Tools) -> None:
    done = run(uploaded, tools)
    assert [(each.name, each.width, each.height) for each in done.artifacts] == [
        ("display.jpg", 800, 533),
        ("display.webp", 800, 533),
        ("thumbnail.jpg", 200, 200),
        ("thumbnail.webp", 200, 200),
        ("filtered.jpg", 800, 533),
        ("filtered.webp", 800, 533),
    ]
    for artifact in done.artifacts:
        assert artifact.key == f"jobs/{uploaded.id}/{artifact.name}"
        assert len(tools.output.objects[artifact.key]) == artifact.size
        assert tools.output.content_types[artifact.key] == artifact.content_type
    assert [entry.step for entry in done.trace] == STEPS


def test_running_again_writes_the_same_bytes(uploaded: Job, tools: Tools) -> None:
    run(uploaded, tools)
    first = dict(tools.output.objects)
    run(run(uploaded, tools), tools, "optimize")
    assert tools.output.objects == first


def test_branches_fold_into_the_same_job(uploaded: Job, tools: Tools) -> None:
    valid = execute("validate", uploaded, tools)
    branches = [execute(step, valid, tools) for step in ("resize", "apply_filters")]
    done = execute("optimize", branches, tools)
    assert [each.name for each in done.renditions] == ["display", "thumbnail", "filtered"]
    assert len(done.artifacts) == 6
    assert [entry.step for entry in done.trace] == STEPS


class Guarded(MemoryStore):
    """A store that notes which prefixes were read and written."""

    def __init__(self, name: str, seen: set[tuple[str, str]], objects: dict[str, bytes]) -> None:
        super().__init__(objects)
        self.objects = objects
        self._name, self._seen = name, seen

    def _place(self, key: str) -> str:
        return "input" if self._name == "input" else {"work": "work", "jobs": "output"}[key.partition("/")[0]]

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        self._seen.add(("read", self._place(key)))
        return super().get(key, max_bytes, upload)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        self._seen.add(("write", self._place(key)))
        super().put(key, data, content_type)


def test_steps_touch_what_they_declare_and_nothing_else(uploaded: Job, tools: Tools) -> None:
    job = uploaded
    for step in STEPS:
        seen: set[tuple[str, str]] = set()
        guarded = replace(
            tools,
            input=Guarded("input", seen, tools.input.objects),
            output=Guarded("output", seen, tools.output.objects),
        )
        job = execute(step, job, guarded)
        reads, writes = access(step)
        assert seen == {("read", place) for place in reads} | {("write", place) for place in writes}


def test_a_trace_entry_counts_bytes(uploaded: Job, tools: Tools, photo: bytes) -> None:
    entry = execute("resize", uploaded, tools, attempt=3).trace[-1]
    assert entry.bytes_in == len(photo)
    assert entry.bytes_out == sum(map(len, tools.output.objects.values()))
    assert entry.attempt == 3
    assert entry.compute_ms > 0


def test_validation_learns_what_the_photo_holds(uploaded: Job, tools: Tools) -> None:
    done = execute("validate", uploaded, tools)
    assert done.error is None
    assert (done.photo.format, done.photo.width, done.photo.height) == ("jpeg", 960, 640)


@pytest.mark.parametrize(
    ("change", "limits", "error"),
    [
        (lambda data: b"", {}, "EmptyFile"),
        (lambda data: b"hello", {}, "NotAPhoto"),
        (lambda data: data[: len(data) // 2], {}, "DamagedPhoto"),
        (lambda data: data, {"max_bytes": 100}, "TooManyBytes"),
        (lambda data: data, {"max_pixels": 100}, "TooManyPixels"),
    ],
)
def test_a_photo_at_fault_is_an_error_in_the_job(
    uploaded: Job, tools: Tools, change, limits, error: str
) -> None:
    tools.input.objects[uploaded.source.key] = change(tools.input.objects[uploaded.source.key])
    done = execute("validate", uploaded, replace(tools, **limits))
    assert done.error.name == error
    assert done.error.message.endswith(".")
    assert done.photo is None


def test_a_missing_upload_is_no_fault_of_the_photo(job: Job, tools: Tools) -> None:
    with pytest.raises(ObjectMissing):
        execute("validate", job, tools)


@pytest.mark.parametrize("step", ["resize", "apply_filters"])
def test_later_steps_raise(uploaded: Job, tools: Tools, step: str) -> None:
    with pytest.raises(TooManyBytes):
        execute(step, uploaded, replace(tools, max_bytes=10))
    with pytest.raises(TooManyPixels):
        execute(step, uploaded, replace(tools, max_pixels=10))
    tools.input.objects[uploaded.source.key] = tools.input.objects[uploaded.source.key][:500]
    with pytest.raises(DamagedPhoto):
        execute(step, uploaded, tools)


def test_no_filters_make_no_filtered_version(uploaded: Job, tools: Tools) -> None:
    plain = replace(tools, recipe=replace(tools.recipe, filters=()))
    assert execute("apply_filters", uploaded, plain).renditions == ()
    assert not plain.output.objects


def test_transparency_lasts_to_the_end(job: Job, tools: Tools, encode) -> None:
    clear = Image.new("RGBA", (60, 40), (200, 30, 30, 90))
    tools.input.objects[job.source.key] = encode(clear, "PNG")
    lossless = replace(tools, recipe=replace(tools.recipe, outputs=(OutputFormat("png", 80),)))
    run(job, lossless)
    made = Image.open(BytesIO(tools.output.objects[f"jobs/{job.id}/display.png"]))
    assert made.getpixel((5, 5))[3] == 90


def test_keys_come_from_the_job_and_not_from_the_upload(job: Job, tools: Tools, photo: bytes) -> None:
    evil = replace(job, source=Source("in", "incoming/../../etc/x y%00.jpg", "e", 1))
    tools.input.objects[evil.source.key] = photo
    run(evil, tools)
    assert all(key.startswith((f"jobs/{job.id}/", f"work/{job.id}/")) for key in tools.output.objects)
    assert not any(".." in key or "%" in key for key in tools.output.objects)


def test_every_step_file_is_part_of_the_pipeline() -> None:
    files = {path.stem for path in Path(load.__code__.co_filename).parent.glob("*.py")} - {"__init__"}
    assert files == {*(step.name for step in PIPELINE.steps()), *STEPS, "process"}


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(SetupError, match=r"no step 'paint': core/steps/paint\.py does not exist"):
        load("paint")


def test_a_missing_library_is_not_a_missing_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise ModuleNotFoundError("No module named 'PIL'", name="PIL")

    monkeypatch.setattr("core.steps.import_module", fail)
    with pytest.raises(ModuleNotFoundError, match="PIL"):
        load("resize")
