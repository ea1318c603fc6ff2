import os

import pytest
from local_commands import RUNNING

from local import environment, state
from local.toolchain import pulumi


@pytest.fixture
def running(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ["TWINLENS_LOCAL"] = str(tmp_path / "local.json")
    monkeypatch.setattr(pulumi, "ensure", lambda: tmp_path)
    state.save(RUNNING)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_PROFILE", "somebody"),
        ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
        ("AWS_SESSION_TOKEN", "own"),
        ("AZURE_CLIENT_ID", "own"),
    ],
)
def test_nothing_of_one_s_own_accounts_reaches_the_emulators(running, name, value):
    os.environ[name] = value
    environment.enter()
    assert name not in os.environ
    assert os.environ["AWS_ENDPOINT_URL"] == RUNNING.aws.endpoint
    assert os.environ["AWS_CONFIG_FILE"] == os.devnull


def test_no_proxy_is_asked_for_this_machine(running):
    os.environ |= {"http_proxy": "http://proxy:8080", "no_proxy": "intern.example"}
    environment.enter()
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "intern.example,127.0.0.1,localhost"
