"""host.json: the options that count, their defaults and their overrides."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.azure.errors import DeploymentError
from local.azure.host_json import HostJson, QueueOptions, seconds


def read(folder: Path, document: Any, settings: dict[str, str] | None = None) -> HostJson:
    (folder / "host.json").write_text(json.dumps(document))
    return HostJson.read(folder, settings or {})


def test_defaults_are_those_of_azure(tmp_path: Path) -> None:
    assert read(tmp_path, {"version": "2.0"}) == HostJson(
        function_timeout=None,
        concurrent_activities=4,
        queues=QueueOptions(
            batch_size=16,
            max_dequeue_count=5,
            visibility_timeout=0,
            max_polling_interval=60,
            message_encoding="base64",
        ),
    )


def test_reads_what_is_set(tmp_path: Path) -> None:
    options = read(
        tmp_path,
        {
            "functionTimeout": "00:02:00",
            "extensions": {
                "http": {"routePrefix": ""},
                "durableTask": {"maxConcurrentActivityFunctions": 2, "maxConcurrentOrchestratorFunctions": 7},
                "queues": {
                    "batchSize": 1,
                    "maxDequeueCount": 3,
                    "visibilityTimeout": "00:00:10",
                    "maxPollingInterval": "00:00:02",
                    "messageEncoding": "None",
                },
            },
        },
    )
    assert options == HostJson(120, 2, 7, QueueOptions(1, 3, 10, 2, "none"), "")


def test_app_settings_override(tmp_path: Path) -> None:
    settings = {
        "AzureFunctionsJobHost__functionTimeout": "00:00:30",
        "AzureFunctionsJobHost__extensions__queues__maxDequeueCount": "9",
        "OTHER__functionTimeout": "00:00:01",
    }
    options = read(tmp_path, {"functionTimeout": "00:02:00"}, settings)
    assert (options.function_timeout, options.queues.max_dequeue_count) == (30, 9)


def test_minus_one_means_no_limit(tmp_path: Path) -> None:
    assert read(tmp_path, {"functionTimeout": "-1"}).function_timeout is None


@pytest.mark.parametrize(
    "document", [[], {"functionTimeout": "soon"}, {"extensions": {"queues": {"batchSize": "many"}}}]
)
def test_refuses_what_makes_no_sense(tmp_path: Path, document: Any) -> None:
    with pytest.raises(DeploymentError, match="is not valid"):
        read(tmp_path, document)


def test_refuses_broken_json(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text("{")
    with pytest.raises(DeploymentError, match="not valid JSON"):
        HostJson.read(tmp_path, {})


def test_an_app_must_have_one(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match=r"no host\.json"):
        HostJson.read(tmp_path, {})


@pytest.mark.parametrize(
    ("span", "expected"), [("00:05:00", 300), ("1.00:00:01", 86401), ("00:00:00.5", 0.5)]
)
def test_time_spans(span: str, expected: float) -> None:
    assert seconds(span) == expected
