"""What the app's log holds."""

import importlib
import logging

from azure.core.pipeline import Pipeline
from azure.core.pipeline.policies import HttpLoggingPolicy
from azure.core.pipeline.transport import HttpRequest, HttpResponse, HttpTransport

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
