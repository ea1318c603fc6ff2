import asyncio
import base64
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.storage.blob import UserDelegationKey

from components.azure.front_door import CONCURRENCY
from core.deployment import limits
from handlers.azure import clients, front_door, signing

KEY = "incoming/door/" + "0" * 64 + "/7.jpg"
URL = "https://photos.blob.core.windows.net/"
SECRET = base64.b64encode(b"0" * 32).decode()


class Service:
    """An account that makes keys for its users, and counts them."""

    url = URL
    made = 0

    def get_blob_client(self, container, key):
        return SimpleNamespace(url=f"{URL}{container}/{key}")

    def get_user_delegation_key(self, start, expiry):
        self.made += 1
        key = UserDelegationKey()
        key.signed_oid = key.signed_tid = "0" * 8
        key.signed_start, key.signed_expiry = "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"
        key.signed_service, key.signed_version, key.value = "b", "2026-04-06", SECRET
        return key


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def signer(service, monkeypatch):
    monkeypatch.delenv(clients.KEY, raising=False)
    return signing.BlobSigner(service, "input", "output", "")


def signed(signer):
    upload = signer.upload(KEY, 7, "image/jpeg", None, datetime.now(UTC) + timedelta(minutes=15))
    parts = urlsplit(upload.url)
    assert (parts.netloc, parts.path) == ("photos.blob.core.windows.net", f"/input/{KEY}")
    assert upload.headers == {"Content-Type": "image/jpeg", "x-ms-blob-type": "BlockBlob"}
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def test_an_address_creates_one_blob_with_its_size_and_type(signer):
    query = signed(signer)

    assert (query["sp"], query["sr"]) == ("c", "b")
    assert set(query["srh"].split(",")) == {"Content-Length", "Content-Type"}
    assert "skoid" in query


def test_an_emulator_signs_with_its_key_and_binds_no_headers(signer, service, monkeypatch):
    monkeypatch.setenv(clients.KEY, SECRET)

    query = signed(signer)

    assert query["sp"] == "c"
    assert not {"srh", "skoid"} & query.keys()
    assert service.made == 0


def test_one_key_signs_for_hours_and_outlives_what_it_signs(signer, service):
    signed(signer)
    signed(signer)
    assert service.made == 1

    signer._until = datetime.now(UTC) - timedelta(seconds=1)
    signed(signer)
    assert service.made == 2
    assert signing.KEY_SECONDS > signing.RESULT_SECONDS


def test_a_result_is_public_or_can_be_read_for_an_hour(signer, service):
    query = parse_qs(urlsplit(signer.result("jobs/a/b.jpg")).query)
    assert query["sp"] == ["r"]

    public = signing.BlobSigner(service, "input", "output", "https://photos.example.com")
    assert public.result("jobs/a/b.jpg") == "https://photos.example.com/jobs/a/b.jpg"


def test_an_instance_has_so_many_places_to_wait():
    places = front_door.Places(1)

    with places.taken() as first, places.taken() as second:
        assert (first, second) == (True, False)
    with places.taken() as third:
        assert third
    assert 2 * limits.WAITING_CALLS <= CONCURRENCY


@pytest.mark.parametrize(
    ("status", "known"),
    [
        (SimpleNamespace(custom_status=["validate", "resize"]), ["validate", "resize"]),
        (SimpleNamespace(custom_status=None), []),
        (None, []),
        (ConnectionError("no backend"), []),
    ],
)
def test_an_orchestration_s_status_tells_its_steps_and_no_status_is_no_mistake(status, known):
    class Client:
        async def get_status(self, instance_id):
            assert instance_id == "instance"
            if isinstance(status, Exception):
                raise status
            return status

    async def ask():
        progress = front_door.Orchestrations(Client(), asyncio.get_running_loop())
        return await asyncio.to_thread(progress.done, "instance/uuid")

    assert list(asyncio.run(ask())) == known
