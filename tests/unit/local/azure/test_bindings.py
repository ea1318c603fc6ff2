"""Bindings: names between percent signs, connections, and what is not served."""

from typing import Any

import pytest

from local.azure.bindings import Function, check, queue_client, resolve
from local.azure.errors import DeploymentError

KEY = "c2VjcmV0"


def function(*bindings: dict[str, Any]) -> Function:
    return Function("id", "start", bindings)


def test_settings_stand_in_for_their_names() -> None:
    assert resolve("%A%-and-%B%", {"A": "1", "B": "2"}) == "1-and-2"


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(DeploymentError, match="'QUEUE'"):
        resolve("%QUEUE%", {})


def test_knows_triggers_clients_and_durable_names() -> None:
    trigger = {"type": "queueTrigger", "name": "message", "queueName": "q"}
    both = function({"type": "durableClient", "name": "client"}, trigger)
    assert both.trigger is trigger
    assert both.durable_clients == ("client",)
    assert both.durable_name == "start"
    assert function({"type": "activityTrigger", "name": "x", "activity": "resize"}).durable_name == "resize"
    assert function({"type": "orchestrationTrigger", "name": "x", "orchestration": "p"}).durable_name == "p"


def test_refuses_what_it_does_not_serve() -> None:
    check([function({"type": "activityTrigger", "name": "x"})])
    with pytest.raises(DeploymentError, match="'start' has a binding of the type 'blobTrigger'"):
        check([function({"type": "blobTrigger", "name": "x"})])


def test_connects_by_identity_with_the_shared_key() -> None:
    settings = {"PHOTOS__queueServiceUri": "http://127.0.0.1:1/account/"}
    client = queue_client("PHOTOS", "uploads", settings, KEY)
    assert client.url == "http://127.0.0.1:1/account/uploads"
    assert client.account_name == "account"


@pytest.mark.parametrize("name", ["AzureWebJobsPHOTOS", "PHOTOS"])
def test_connects_by_connection_string(name: str) -> None:
    text = f"AccountName=a;AccountKey={KEY};QueueEndpoint=http://127.0.0.1:1/a;"
    assert queue_client("PHOTOS", "uploads", {name: text}, KEY).url == "http://127.0.0.1:1/a/uploads"


def test_no_connection_means_the_hosts_own() -> None:
    text = f"AccountName=a;AccountKey={KEY};QueueEndpoint=http://127.0.0.1:1/a;"
    assert queue_client("", "q", {"AzureWebJobsStorage": text}, KEY).url == "http://127.0.0.1:1/a/q"


def test_says_which_connection_is_missing() -> None:
    with pytest.raises(DeploymentError, match="PHOTOS__queueServiceUri"):
        queue_client("PHOTOS", "uploads", {}, KEY)
