import hashlib
import json
from dataclasses import replace
from typing import Any

import jsonata
import pytest

from components.aws.state_machine import expressions
from core.job import Artifact, Job, Photo, Problem, Rendition, Source, job_id, merge
from core.workflow.notification import message

RUN = {"Id": "arn:run", "StartTime": "2026-11-23T10:00:00.123Z"}
JOB = Job(
    id="0" * 32,
    recipe="gallery",
    source=Source("photos", "incoming/a b.jpg", "abc", 10),
    execution="arn:run",
    uploaded_at="2026-11-23T09:59:59Z",
    accepted_at="2026-11-23T10:00:00.123Z",
)


def evaluate(expression: str, **states: Any) -> Any:
    """Evaluate as Step Functions does: its own functions, and only ``$states`` to look at."""
    parsed = jsonata.Jsonata.jsonata(expression.replace("${recipe}", "gallery"))
    assert_hash = {"SHA-256": hashlib.sha256}
    parsed.register_lambda("hash", lambda text, name: assert_hash[name](text.encode()).hexdigest())
    parsed.register_lambda("parse", json.loads)
    return parsed.evaluate(None, {"states": {"context": {"Execution": RUN}, **states}})


def event(**changes: Any) -> dict[str, Any]:
    detail = {"key": "incoming/a.jpg", "etag": "abc", "size": 10} | changes
    return {"time": "2026-11-23T09:59:59Z", "detail": {"bucket": {"name": "photos"}, "object": detail}}


@pytest.mark.parametrize(
    "key",
    [
        "incoming/a.jpg",
        "incoming/a b+c%20.jpg",
        "incoming/früh/日本 🦊.png",
        'incoming/quo"te\\.gif',
        "incoming/a\nb.jpg",
    ],
)
def test_an_event_becomes_the_job_that_the_core_would_make(key):
    made = evaluate(expressions.JOB_FROM_EVENT, input=event(key=key))
    expected = replace(
        JOB, id=job_id("photos", key, "abc", "gallery"), source=Source("photos", key, "abc", 10)
    )
    assert made == expected.to_document()
    assert list(made) == list(expected.to_document())
    assert Job.from_document(made) == expected


def test_quotes_around_an_etag_go():
    made = evaluate(expressions.JOB_FROM_EVENT, input=event(etag='"abc"'))
    assert made["source"]["etag"] == "abc"
    assert made["id"] == evaluate(expressions.JOB_FROM_EVENT, input=event())["id"]


def jobs() -> list[Job]:
    thumbnail, display = (Rendition(name, f"work/{name}.png", 4, 3) for name in ("thumbnail", "display"))
    base = replace(JOB, photo=Photo("jpeg", 40, 30, 1), renditions=(thumbnail,))
    return [
        replace(base, renditions=(thumbnail, display), artifacts=(Artifact("a", "k", "t", 1, 2, 3),)),
        replace(base, error=Problem("NotAPhoto", "It isn't.")),
    ]


@pytest.mark.parametrize(
    "chosen", [jobs(), jobs()[:1], jobs()[::-1], [JOB, JOB]], ids=["two", "one", "turned", "bare"]
)
def test_branches_merge_as_in_the_core(chosen):
    documents = [job.to_document() for job in chosen]
    assert evaluate(expressions.MERGED, input=documents) == merge(chosen).to_document()


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ('{"errorMessage": "It is \\"none\\".", "errorType": "NotAPhoto", "trace": []}', 'It is "none".'),
        ('{"errorMessage":"\\ud83e\\udd8a \\/ \\\\ \\n", "errorType": "E"}', "\N{FOX FACE} / \\ \n"),
        ('{"errorMessage": "cut in the str', "cut in the str"),
        ('{"errorMessage": "cut in an escape \\', "cut in an escape "),
        ('{"errorMessage": "cut in an escape \\u00', "cut in an escape "),
        ('{"errorMessage": "whole", "stackTrace": ["cut in the tra', "whole"),
        ('{"errorMessage": "a brace }', "a brace }"),
        ('{"errorMessage": ""}', '{"errorMessage": ""}'),
        ('{"errorMessage": null}', '{"errorMessage": null}'),
        ("{not json", "{not json"),
        ('"errorMessage": "x"', '"errorMessage": "x"'),
        (json.dumps({"errorMessage": "long " * 10_000})[:32_768], ("long " * 200)),
        ("x" * 32_768, "x" * 1000),
        ('{"reason": "other"}', '{"reason": "other"}'),
        ("out of time", "out of time"),
        ("", "The platform gave no reason."),
        (None, "The platform gave no reason."),
    ],
)
def test_a_caught_error_stands_on_the_job(cause, expected):
    caught = {"Error": "NotAPhoto"} | ({"Cause": cause} if cause is not None else {})
    made = evaluate(expressions.with_error(expressions.INPUT), input=JOB.to_document(), errorOutput=caught)
    assert made == replace(JOB, error=Problem("NotAPhoto", expected)).to_document()


def test_a_state_is_set_and_the_rest_kept():
    made = evaluate(expressions.with_state(expressions.INPUT, "succeeded"), input=JOB.to_document())
    assert made == replace(JOB, state="succeeded").to_document()


@pytest.mark.parametrize(("error", "expected"), [(None, False), (Problem("NotAPhoto", "no"), True)])
def test_presence_is_seen(error, expected):
    job = replace(JOB, error=error)
    assert evaluate(expressions.present("error"), input=job.to_document()) is expected


def test_a_ledger_row_is_complete():
    row = evaluate(expressions.ledger_item(expressions.INPUT), input=JOB.to_document())
    plain = {name: next(iter(value.values())) for name, value in row.items()}
    assert json.loads(plain.pop("document")) == JOB.to_document()
    assert plain.pop("claimed_at") == plain.pop("updated_at")
    assert row["expires_at"]["N"].isdigit()
    del plain["expires_at"]
    assert plain == {
        "id": JOB.id,
        "state": "claimed",
        "execution": "arn:run",
        "uploaded_at": JOB.uploaded_at,
        "recipe": "gallery",
        "container": "photos",
        "key": "incoming/a b.jpg",
        "open": JOB.id[0],
    }


@pytest.mark.parametrize("job", [JOB, *jobs()], ids=["bare", "full", "error"])
def test_a_notification_is_the_core_s_message(job):
    text = evaluate(expressions.notification(expressions.INPUT), input=job.to_document())
    assert json.loads(text) == message(job)


def test_an_embedded_expression_stands_on_one_line():
    assert expressions.embed("(\n    1 +\n    2\n)") == "{% ( 1 + 2 ) %}"


@pytest.mark.parametrize(
    ("key", "taken"),
    [
        ("incoming/a.jpg", True),
        ("incoming/a.JPG", True),
        ("incoming/a.jPg", True),
        ("incoming/über 100%.Jpeg", True),
        ("incoming/a.jpg.txt", False),
        ("incoming/jpg", False),
        ("incoming/ajpg", False),
        ("incoming/a.jpg\n", False),
        ("g", False),
        (".jpeg", True),
    ],
)
def test_a_name_is_taken_in_any_case(key, taken):
    """The same names as core.workflow.interpreter takes: see tests/unit/core/workflow/test_interpreter.py."""
    suffixes = (".jpg", ".jpeg")
    assert evaluate(expressions.named(suffixes), input=event(key=key)) is taken
    assert key.lower().endswith(suffixes) is taken


@pytest.mark.parametrize(
    "input_",
    [
        {},
        {"time": "2026-01-01T00:00:00Z", "detail": {"bucket": {"name": "b"}, "object": {"key": "a.jpg"}}},
        event(etag=None),
        event(size="10"),
        {"detail": event()["detail"]},
    ],
    ids=["empty", "by hand", "without an etag", "without a size", "without a time"],
)
def test_what_is_no_event_of_an_upload_fails_before_the_claim(input_):
    with pytest.raises(jsonata.JException, match="not an event of S3"):
        evaluate(expressions.named((".jpg",)), input=input_)
