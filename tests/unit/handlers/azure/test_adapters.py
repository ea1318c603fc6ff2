"""The adapters that the function app makes from its settings."""

import pytest

from core.errors import SettingsError
from handlers.azure import adapters, clients

VARIABLES = {
    "PHOTOS__blobServiceUri": "http://127.0.0.1:9/blob",
    "PHOTOS__queueServiceUri": "http://127.0.0.1:9/queue",
    "PHOTOS__tableServiceUri": "http://127.0.0.1:9/table",
    "TWINLENS_LEDGER_TABLE": "ledger",
    "TWINLENS_SUCCESS_QUEUE": "notify-success",
    "TWINLENS_ERROR_QUEUE": "notify-error",
}
MADE = (adapters.ledger, adapters.notifier)


@pytest.fixture(autouse=True)
def app(monkeypatch):
    for each in MADE:
        each.cache_clear()
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(clients.KEY, "a2V5")
    yield
    for each in MADE:
        each.cache_clear()


@pytest.mark.parametrize("missing", VARIABLES)
def test_a_missing_setting_is_named(missing, monkeypatch):
    monkeypatch.delenv(missing)

    with pytest.raises(SettingsError, match=missing):
        adapters.store("uploads"), adapters.ledger(), adapters.notifier()


def test_adapters_are_made_once_from_the_settings():
    assert adapters.ledger() is adapters.ledger()
    assert adapters.notifier() is adapters.notifier()
    assert adapters.ledger()._table.table_name == "ledger"
    assert adapters.notifier()._queues == {"success": "notify-success", "error": "notify-error"}
    assert adapters.store("uploads").__class__.__name__ == "BlobStore"
