"""Who the Azure clients sign in as."""

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

from handlers.azure import clients


@pytest.fixture(autouse=True)
def no_remembered_identity():
    clients._identity.cache_clear()
    yield
    clients._identity.cache_clear()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://photos.blob.core.windows.net", "photos"),
        ("https://photos.blob.core.windows.net/", "photos"),
        ("http://127.0.0.1:10000/photos", "photos"),
        ("http://127.0.0.1:10000/photos/", "photos"),
    ],
)
def test_an_account_is_named_by_its_endpoint(url, name):
    assert clients.account(url) == name


def test_a_key_comes_first(monkeypatch):
    monkeypatch.setenv(clients.KEY, "c2VjcmV0")
    monkeypatch.setenv(clients.CREDENTIAL, "managedidentity")

    credential = clients.credential("http://127.0.0.1:10000/photos")

    assert isinstance(credential, AzureNamedKeyCredential)
    assert credential.named_key == ("photos", "c2VjcmV0")


def test_a_deployed_app_uses_its_identity(monkeypatch):
    monkeypatch.delenv(clients.KEY, raising=False)
    monkeypatch.setenv(clients.CREDENTIAL, "managedidentity")
    monkeypatch.setenv(clients.CLIENT_ID, "00000000-0000-0000-0000-000000000001")

    assert isinstance(clients.credential("https://photos.blob.core.windows.net"), ManagedIdentityCredential)


def test_a_person_uses_their_own_sign_in(monkeypatch):
    monkeypatch.delenv(clients.KEY, raising=False)
    monkeypatch.delenv(clients.CREDENTIAL, raising=False)

    assert isinstance(clients.credential("https://photos.blob.core.windows.net"), DefaultAzureCredential)


def test_clients_are_made_once(unreachable):
    assert clients.blobs(unreachable) is clients.blobs(unreachable)
    assert clients.queues(unreachable) is clients.queues(unreachable)
    assert clients.tables(unreachable) is clients.tables(unreachable)
