"""Events that are built anew from an upload, and uploads read from messages."""

import json
from pathlib import Path

import pytest

from handlers.aws.intake import event, upload_in

EVENTS = json.loads((Path(__file__).parents[3] / "events/s3_object_created.json").read_text())


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_that_is_built_anew_says_what_the_store_s_own_said(name):
    found = upload_in(json.dumps(EVENTS[name]))
    detail, anew = EVENTS[name]["detail"], event(found)["detail"]

    assert anew["bucket"] == detail["bucket"]
    assert anew["object"] == {each: detail["object"][each] for each in ("key", "etag", "size")}
    assert event(found)["time"] == EVENTS[name]["time"]


@pytest.mark.parametrize("message", ["hello", "[]", "{}", '{"detail": {"bucket": {}, "object": 3}}'])
def test_anything_else_is_no_upload(message):
    assert upload_in(message) is None
