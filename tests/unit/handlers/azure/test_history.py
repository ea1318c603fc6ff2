"""Old history is deleted as far back as the ledger's rows are, and nobody waits for it too long."""

import asyncio
import runpy
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from core.deployment.limits import LEDGER_RETENTION
from handlers.azure import function_app
from handlers.azure.history import ENDED, purge


class Client:
    def __init__(self, takes=0.0):
        self.takes = takes
        self.asked = []

    async def purge_instance_history_by(self, begin, end, status):
        self.asked.append((begin, end, status))
        await asyncio.sleep(self.takes)
        return SimpleNamespace(instances_deleted=3)


def test_what_ended_and_is_older_than_the_ledger_s_rows_is_deleted(caplog):
    caplog.set_level("INFO")
    client = Client()
    asyncio.run(purge(client, 5))
    ((begin, end, status),) = client.asked
    assert begin < datetime(2024, 1, 1, tzinfo=UTC)
    assert timedelta() <= datetime.now(UTC) - LEDGER_RETENTION - end < timedelta(seconds=10)
    assert status == ENDED
    assert {each.name for each in ENDED} == {"Completed", "Failed", "Terminated", "Canceled"}
    assert "of 3 orchestrations" in caplog.text


def test_a_long_deletion_does_not_hold_the_function(caplog):
    caplog.set_level("INFO")
    asyncio.run(purge(Client(takes=30), 0.01))
    assert "still being deleted after 0.01 s" in caplog.text


def test_a_timer_does_it_where_the_state_store_does_not(monkeypatch):
    monkeypatch.setenv("TWINLENS_PURGE_SCHEDULE", "0 47 3 * * *")
    monkeypatch.setenv("TWINLENS_WAIT_SECONDS", "10")
    made = {
        each.get_function_name(): each
        for each in runpy.run_path(function_app.__file__)["app"].get_functions()
    }
    timer = made["purge_history"]
    assert timer.get_trigger().schedule == "%TWINLENS_PURGE_SCHEDULE%"
    client = Client()
    asyncio.run(timer.get_user_function().client_function(None, client))
    assert len(client.asked) == 1
