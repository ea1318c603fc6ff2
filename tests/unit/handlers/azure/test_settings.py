"""The function app's settings, and the ports made from them."""

import pytest

from core.errors import SettingsError
from handlers.azure import clients, ports
from handlers.azure.settings import Settings

VARIABLES = {
    "PHOTOS__blobServiceUri": "http://127.0.0.1:9/blob",
    "PHOTOS__queueServiceUri": "http://127.0.0.1:9/queue",
    "PHOTOS__tableServiceUri": "http://127.0.0.1:9/table",
    "TWINLENS_LEDGER_TABLE": "ledger",
    "TWINLENS_SUCCESS_QUEUE": "notify-success",
    "TWINLENS_ERROR_QUEUE": "notify-error",
}


def test_settings_are_read():
    settings = Settings.read(VARIABLES)

    assert (settings.blobs, settings.ledger_table) == ("http://127.0.0.1:9/blob", "ledger")
    assert (settings.success_queue, settings.error_queue) == ("notify-success", "notify-error")


@pytest.mark.parametrize("missing", VARIABLES)
def test_a_missing_setting_is_named(missing):
    with pytest.raises(SettingsError, match=missing):
        Settings.read({name: value for name, value in VARIABLES.items() if name != missing})


def test_ports_are_made_once_from_the_settings(monkeypatch):
    made = (ports.settings, ports.ledger, ports.notifier)
    for each in made:
        each.cache_clear()
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(clients.KEY, "a2V5")

    assert ports.ledger() is ports.ledger()
    assert ports.notifier() is ports.notifier()
    assert ports.store("uploads").__class__.__name__ == "BlobStore"
    for each in made:
        each.cache_clear()
