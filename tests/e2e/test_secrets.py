"""Secrets stay where they belong: planted ones turn up in no log, state, ledger row, output or notification.

Planted are the storage account's key, which the Azure app holds, the SAS by which its code is fetched, and a
secret in a photo's own metadata.
"""

import json
from io import BytesIO

import pytest
from PIL import Image
from written import files, leaks, written

from core.job import job_id
from local import state
from local.emulators import processes

pytestmark = pytest.mark.e2e

CANARY = "canary-5f3a9c1e7b"


@pytest.fixture(scope="module")
def confiding() -> bytes:
    """A photo whose metadata tell where it was taken, and a secret."""
    exif = Image.Exif()
    exif[0x010E] = CANARY  # ImageDescription
    exif.get_ifd(0x8825)[1] = "N"  # GPSLatitudeRef
    file = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG", exif=exif, comment=CANARY.encode())
    return file.getvalue()


def test_a_photo_s_metadata_go_nowhere(stand, confiding):
    deployment = stand.deployment
    key = deployment.key("confiding.jpg")
    etag = deployment.connection.upload(key, confiding)
    row = stand.finished(
        job_id(deployment.outputs["inputContainer"], key, etag, deployment.outputs["recipe"])
    )

    assert row.state == "succeeded"
    told = json.dumps([row.document, stand.notified(row.id)]).encode()
    outputs = [deployment.read_output(each["key"]) for each in row.document["artifacts"]]
    assert outputs
    assert CANARY.encode() in confiding
    assert Image.open(BytesIO(confiding)).getexif().get_ifd(0x8825)
    for each in (told, *outputs):
        assert CANARY.encode() not in each
    for each in outputs:
        assert not Image.open(BytesIO(each)).getexif().get_ifd(0x8825)


def test_no_key_and_no_signature_is_written_down(stands, local_stacks):
    azure, aws = local_stacks.state.azure, local_stacks.state.aws
    secrets = [azure.key, azure.token, aws.secret_key]
    kept = state.path().read_text()
    assert all(secret in kept for secret in secrets), "the one place, and its owner's alone"
    assert state.path().stat().st_mode & 0o077 == 0
    held = files()
    logs = {str(processes.log(state.path().parent, name)) for name in ("ministack", "azurite", "azure-host")}
    assert logs <= held.keys()

    assert leaks(held, secrets) == []


@pytest.mark.parametrize(
    "planted",
    ["key", "?sv=2025-05-05&sig=AbCdEfGh%2F1234", '{"uri": "sig=AbCdEfGh1234"}', "?X-Amz-Signature=0123abcd"],
)
def test_what_is_written_down_would_be_found(stands, local_stacks, planted):
    secret = local_stacks.state.azure.key
    path = state.path().parent / "logs" / "planted.log"
    path.write_text(f"before {secret if planted == 'key' else planted} after")
    try:
        assert leaks(files(), [secret]) == [str(path)]
    finally:
        path.unlink()


def test_no_secret_is_an_output_or_in_the_ledger(stand, confiding, local_stacks):
    etag = stand.deployment.connection.upload(key := stand.deployment.key("in the ledger.jpg"), confiding)
    outputs = dict(stand.deployment.outputs)
    job = job_id(outputs["inputContainer"], key, etag, outputs["recipe"])
    stand.finished(job)

    told = written(stand, [job])
    assert job.encode() in told["ledger"]
    assert key.encode() in told[f"show {job}"]
    assert leaks(told, [local_stacks.state.azure.key, local_stacks.state.aws.secret_key]) == []
