"""Events that are built anew from an upload."""

import json
from pathlib import Path

import pytest

from core.ports import Upload
from handlers.azure.events import job_from
from handlers.azure.intake import event

EVENTS = json.loads((Path(__file__).parents[3] / "events/event_grid_blob_created.json").read_text())


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_that_is_built_anew_says_what_the_store_s_own_said(name):
    job = job_from(json.dumps(EVENTS[name]), "gallery")

    assert job_from(json.dumps(event(Upload(job.source, job.uploaded_at))), "gallery") == job
