"""Persist MiniStack's state every few seconds, and drop data that only grows.

MiniStack writes its state when it is asked to end, but not when it is killed. It also keeps every execution
with its whole history, and every line that a function logged; here, only the newest are kept.
"""

from __future__ import annotations

import copy
import functools
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.services import cloudwatch_logs, lambda_durable, lambda_svc, stepfunctions

KEEP_SECONDS = 2.0
SHARE = 20  # at most 1/SHARE of the time is spent on writing
UNDISTURBED_SECONDS = 10.0
KEPT_EXECUTIONS = 200
KEPT_LOG_EVENTS = 10_000  # of each group


def begin() -> None:
    """Start :func:`keep` once an earlier process's state has been restored."""
    load = app._load_persisted_state

    def loaded() -> None:
        load()
        threading.Thread(target=keep, daemon=True).start()

    app._load_persisted_state = loaded


def keep() -> None:
    """Persist MiniStack's state, and drop data that only grows, until the process ends."""
    Path(persistence.STATE_DIR).mkdir(parents=True, exist_ok=True)
    stepfunctions.get_state, cloudwatch_logs.get_state = _machines, _log_groups
    lambda_durable.get_state = dict  # executions cannot continue in another process
    lambda_svc._write_code_blob = _written_once(lambda_svc._write_code_blob)
    written: dict[str, str] = {}
    while True:
        began = time.monotonic()
        for service, get_state in app._build_persistence_save_dict().items():
            _save(service, get_state, written)
        _forget(KEPT_EXECUTIONS, KEPT_LOG_EVENTS)
        time.sleep(max(KEEP_SECONDS, SHARE * (time.monotonic() - began)))


def _save(service: str, get_state: Callable[[], Any], written: dict[str, str]) -> None:
    """Write a service's state if it changed; a change during the read is written the next time."""
    slice_seconds = sys.getswitchinterval()
    sys.setswitchinterval(UNDISTURBED_SECONDS)
    try:
        document = {
            "__ministack_format__": persistence._state_format_version(service),
            "payload": get_state(),
        }
        text = json.dumps(document, default=persistence._json_default)
    except RuntimeError:
        return
    finally:
        sys.setswitchinterval(slice_seconds)
    if text == written.get(service):
        return
    draft = Path(persistence.STATE_DIR, f"{service}.draft")
    draft.write_text(text)
    draft.replace(draft.with_suffix(".json"))
    written[service] = text


def _machines() -> dict[str, Any]:
    """Return Step Functions' state without the executions, which cannot continue in another process."""
    names = ("state_machines", "tags", "state_machine_versions", "state_machine_aliases")
    return {name: getattr(stepfunctions, f"_{name}") for name in names}


def _written_once(write: Callable[[bytes], str]) -> Callable[[bytes], str]:
    """Hash and write a function's code only when it is new, not on every access."""
    known = functools.lru_cache(maxsize=16)(write)

    def written(code: bytes) -> str:
        digest = known(code)
        return digest if Path(lambda_svc.CODE_BLOB_DIR, f"{digest}.zip").exists() else write(code)

    return written


def _log_groups() -> dict[str, Any]:
    """Return the log groups without their events."""
    groups = copy.copy(cloudwatch_logs._log_groups)
    groups._data = {key: {**each, "streams": {}} for key, each in groups._data.items()}
    return {"log_groups": groups, "resource_policies": cloudwatch_logs._resource_policies}


def _forget(executions: int, events: int) -> None:
    """Keep only the newest ended ``executions``, and only the newest ``events`` of each log group."""
    for service, status in ((stepfunctions, "status"), (lambda_durable, "Status")):
        held = service._executions._data
        ended = [key for key, each in tuple(held.items()) if each[status] != "RUNNING"]
        for key in ended[: max(0, len(ended) - executions)]:
            held.pop(key, None)
    for group in tuple(cloudwatch_logs._log_groups._data.values()):
        streams = tuple(group["streams"].values())
        for stream in streams:
            with cloudwatch_logs._log_events_lock:
                del stream["events"][: -events // len(streams)]
