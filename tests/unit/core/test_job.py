import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.job import Artifact, Job, Photo, Problem, Rendition, Source, job_id, merge
from core.trace import TraceEntry

text = st.text(max_size=20)
size = st.integers(0, 10**6)
entries = st.builds(
    TraceEntry, text, size, text, text, st.booleans(), text, size, *[st.floats(0, 1e6)] * 3, size, size
)
renditions = st.builds(Rendition, text, text, size, size)
artifacts = st.builds(Artifact, text, text, text, size, size, size)
jobs = st.builds(
    Job,
    id=st.just("1" * 32),
    recipe=text,
    source=st.builds(Source, text, text, text, size),
    execution=text,
    uploaded_at=text,
    accepted_at=text,
    photo=st.none() | st.builds(Photo, text, size, size, size),
    renditions=st.lists(renditions, max_size=3).map(tuple),
    artifacts=st.lists(artifacts, max_size=3).map(tuple),
    error=st.none() | st.builds(Problem, text, text),
    trace=st.lists(entries, max_size=3).map(tuple),
)


@given(jobs)
@settings(max_examples=30)
def test_a_job_survives_the_journey_as_json(job: Job) -> None:
    assert Job.from_document(json.loads(json.dumps(job.to_document()))) == job


def test_a_document_needs_only_what_the_claim_writes(job: Job) -> None:
    document = job.to_document()
    for name in ("photo", "renditions", "artifacts", "error", "trace", "state"):
        del document[name]
    assert Job.from_document(document) == job


@given(*[st.text(st.characters(codec="utf-8"))] * 4)
def test_an_id_is_32_hex_digits_and_always_the_same(container: str, key: str, etag: str, recipe: str) -> None:
    identifier = job_id(container, key, etag, recipe)
    assert re.fullmatch("[0-9a-f]{32}", identifier)
    assert identifier == job_id(container, key, etag, recipe)


def test_an_id_is_the_one_that_both_clouds_compute() -> None:
    assert job_id("photos", "incoming/a b.jpg", "abc", "gallery") == "195cd68d6b2cb5a2dcb98eed2556ea4f"


no_newline = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=5)
uploads = st.tuples(no_newline, st.text(st.characters(codec="utf-8"), max_size=5), no_newline, no_newline)


@given(uploads, uploads)
def test_different_uploads_get_different_ids(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (job_id(*one) == job_id(*other)) == (one == other)


def test_prefixes_hold_the_id(job: Job) -> None:
    assert job.work_prefix == f"work/{job.id}/"
    assert job.output_prefix == f"jobs/{job.id}/"


@given(jobs)
def test_merging_a_job_with_itself_changes_nothing_but_repetitions(job: Job) -> None:
    merged = merge([job, job])
    assert merged == merge([merged])
    assert set(merged.trace) == set(job.trace)
    assert merged.photo == job.photo


@given(jobs, st.lists(renditions, max_size=3), st.lists(renditions, max_size=3))
def test_merge_keeps_what_every_branch_added(job: Job, left: list[Rendition], right: list[Rendition]) -> None:
    merged = merge(replace(job, renditions=(*job.renditions, *added)) for added in (left, right))
    assert list(merged.renditions) == list(dict.fromkeys([*job.renditions, *left, *right]))


def test_merge_takes_the_first_photo_and_error(job: Job) -> None:
    problem, photo = Problem("DamagedPhoto", "Cut off."), Photo("jpeg", 1, 1, 1)
    merged = merge([job, replace(job, error=problem), replace(job, photo=photo)])
    assert (merged.error, merged.photo) == (problem, photo)


def test_merge_refuses_nothing_and_strangers(job: Job) -> None:
    with pytest.raises(ValueError, match="at least one"):
        merge([])
    with pytest.raises(ValueError, match="different uploads"):
        merge([job, replace(job, id="f" * 32)])
