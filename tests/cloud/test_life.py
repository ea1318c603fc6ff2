"""The life of a stack, as docs/limits.md asks for it: what only a real cloud can show.

The stack is new, and destroyed at the end. On the emulators the same tests run as far as these know what is
asked; each test says what they do not know.
"""

import os
import time

import alarms
import pytest
import standing
from life import states

from components.settings import CLOUDS

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(3600)]
BURST = int(os.environ.get("BURST", "200"))
TOLD_SECONDS = 120
GONE_SECONDS = 300


def until(look, seconds):
    """Look every second until there is something; return what was seen last."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(1)
    return seen


def test_a_preview_after_a_refresh_shows_no_change(life):
    assert life.deployment
    assert set(life.changes_after_refresh()) == {"same"}


def test_a_photo_goes_through_each_orchestrator(life):
    for orchestrator in reversed(CLOUDS[life.deployment.outputs["cloud"]].orchestrators):
        life.up(orchestrator=orchestrator)
        assert states(life.send(1)) == {"succeeded"}, orchestrator


def test_a_burst_succeeds(life):
    """The emulators have as much concurrency as the machine, whatever an account allows."""
    assert states(life.send(BURST)) == {"succeeded"}


def test_a_forced_time_out_reaches_the_error_topic(life):
    """Every attempt of the first step takes longer than it may."""
    life.up(timeoutSeconds=5, allowChaos=True, chaos="latency=1 latency_ms=15000 steps=validate")
    listener = life.listener
    (row,) = life.send(1)
    life.up()
    assert row.state == "failed"
    told = until(lambda: [each for each in listener.heard() if each[1]["id"] == row.id], TOLD_SECONDS)
    assert [topic for topic, _ in told] == ["error"]


def test_a_message_in_each_dead_letter_queue_sets_off_its_alarm(life):
    """The emulators know the queues and which alarm watches which; they do not evaluate alarms on queues."""
    watches = alarms.WATCHES[life.deployment.outputs["cloud"]](life.deployment, life.resources())
    assert watches.queues()
    for queue in watches.queues():
        assert watches.alarms(queue), f"no alarm watches {queue}"
        watches.put(queue)
    silent = watches.queues() if not life.local else []
    if silent:
        silent = until(lambda: not watches.silent(), alarms.SECONDS) and watches.silent()
    watches.take_back()
    assert not silent


def test_destroy_leaves_nothing(life):
    """The emulators of storage know no accounts, so there only the app is looked for."""
    cloud, held = life.deployment.outputs["cloud"], life.resources()
    look = {
        ("aws", True): standing.on_aws,
        ("aws", False): standing.on_aws,
        ("azure", True): standing.on_the_azure_emulators,
        ("azure", False): standing.on_azure,
    }[cloud, life.local]
    assert look(held)
    life.destroy()
    until(lambda: not look(held), GONE_SECONDS)
    assert look(held) == []
