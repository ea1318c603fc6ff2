"""What the app's log holds."""

import importlib
import json
import logging
from datetime import UTC, datetime, timedelta

from azure.core.pipeline import Pipeline
from azure.core.pipeline.policies import HttpLoggingPolicy
from azure.core.pipeline.transport import HttpRequest, HttpResponse, HttpTransport

from core.deployment.names import JOB_ENDED
from core.job import Job, Review, Source
from core.trace import stamp
from handlers.azure import telemetry


class NoTransport(HttpTransport):
    """Answer every request with nothing."""

    def send(self, request, **options):
        return HttpResponse(request, None)

    def open(self):
        pass

    def close(self):
        pass

    def __exit__(self, *error):
        pass


def test_the_sdk_s_requests_are_not_logged_with_the_uploader_s_file_name(caplog):
    logging.getLogger("azure").setLevel(logging.NOTSET)
    importlib.reload(telemetry)
    caplog.set_level(logging.INFO)  # as the Functions worker sets the root logger
    request = HttpRequest("GET", "https://a.blob.core.windows.net/input/incoming/my-passport.jpg")
    Pipeline(NoTransport(), policies=[HttpLoggingPolicy()]).run(request)
    logging.info("our own line")
    assert "passport" not in caplog.text
    assert "our own line" in caplog.text


class Ticking(datetime):
    """A clock that goes on by a millisecond whenever it is looked at."""

    reads = datetime(2026, 11, 27, tzinfo=UTC)

    @classmethod
    def now(cls, tz=None):
        cls.reads += timedelta(milliseconds=1)
        return cls.reads


def test_waiting_for_a_person_counts_as_no_time_and_both_times_end_at_one_moment(caplog, monkeypatch):
    monkeypatch.setattr(telemetry, "datetime", Ticking)
    now, hour = Ticking.reads, timedelta(hours=1)
    begun, asked = stamp(now - hour - timedelta(seconds=5)), stamp(now - hour)
    job = Job(
        "1" * 32,
        "gallery",
        Source("photos", "a.jpg", "e", 1),
        "first",
        begun,
        begun,
        state="succeeded",
        review=Review(asked, stamp(now), "approved", "", stamp(now)),
    )

    with caplog.at_level(logging.INFO):
        telemetry.log_end({"ok": job.to_document()})

    [line] = [json.loads(each.removeprefix(JOB_ENDED)) for each in caplog.messages]
    assert line["took_ms"] == line["since_upload_ms"] == 5_001
