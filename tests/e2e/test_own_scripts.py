"""A person's own upload scripts start the pipeline, with no help from `twinlens`."""

import subprocess
import sys

import pytest

from core.job import job_id

pytestmark = pytest.mark.e2e

KEYS = [
    "incoming/with space.jpg",
    "incoming/plus+and%20percent %.JPG",
    "incoming/nested/2026/ünïcode 日本.jpeg",
    "incoming/quote'and\"hash#question?.jpg",
]

BOTO3 = """
import sys, boto3
container, key, path = sys.argv[1:]
print(boto3.client("s3").put_object(Bucket=container, Key=key, Body=open(path, "rb"))["ETag"])
"""
AZURE = """
import os, sys
from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import BlobServiceClient
container, key, path, endpoint = sys.argv[1:]
credential = AzureNamedKeyCredential(endpoint.rstrip("/").rpartition("/")[2], os.environ["AZURE_STORAGE_KEY"])
blob = BlobServiceClient(endpoint, credential=credential).get_blob_client(container, key)
print(blob.upload_blob(open(path, "rb"))["etag"])
"""


@pytest.mark.parametrize("key", KEYS)
def test_an_upload_by_the_clouds_own_library_becomes_a_job(stand, photo, tmp_path, key):
    outputs = stand.deployment.outputs
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo)
    script, more = (BOTO3, []) if outputs["cloud"] == "aws" else (AZURE, [outputs["storeEndpoint"]])
    command = [sys.executable, "-I", "-c", script, outputs["inputContainer"], key, str(file), *more]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    etag = done.stdout.strip().strip('"')
    row = stand.finished(job_id(outputs["inputContainer"], key, etag, outputs["recipe"]))
    assert row.state == "succeeded"
    assert row.document["source"]["key"] == key
    assert row.document["source"]["size"] == len(photo)


def test_what_is_no_upload_starts_nothing(stand, photo):
    connection = stand.deployment.connection
    for key in ("elsewhere/photo.jpg", "incoming/notes.txt"):
        connection.upload(key, photo)
    control = "incoming/after the others.jpg"
    etag = connection.upload(control, photo)
    outputs = stand.deployment.outputs
    stand.finished(job_id(outputs["inputContainer"], control, etag, outputs["recipe"]))
    keys = {row.document["source"]["key"] for row in stand.deployment.rows()}
    assert control in keys
    assert not keys & {"elsewhere/photo.jpg", "incoming/notes.txt"}
