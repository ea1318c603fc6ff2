from dataclasses import replace

from core.job import Job, Problem
from core.workflow.notification import message


def test_a_message_says_what_became_of_which_upload(job: Job) -> None:
    told = message(replace(job, state="rejected", error=Problem("NotAPhoto", "It is a text.")))
    assert told == {
        "id": job.id,
        "state": "rejected",
        "recipe": "gallery",
        "source": {"container": "in", "key": "incoming/a.jpg", "etag": "e", "size": 1_000_000},
        "artifacts": [],
        "error": {"name": "NotAPhoto", "message": "It is a text."},
    }
