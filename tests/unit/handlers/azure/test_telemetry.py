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


def test_waiting_for_a_person_counts_as_no_time(caplog):
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
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
    assert 5_000 <= line["took_ms"] < hour.total_seconds() * 1000
    assert line["since_upload_ms"] == line["took_ms"]
