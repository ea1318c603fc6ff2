"""The emulators let in only who holds the set-up's keys, and no web page."""

import uuid

import boto3
import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.azure.control import CONTROL_TOKEN, STORAGE_KEY
from local.emulators import azure_host
from local.state import AwsEmulator

REBOUND = {"Host": "attacker.example"}
PAGE = {"Origin": "https://attacker.example"}


def client(emulator: AwsEmulator, service: str, key: str, secret: str, token: str | None = None):
    return boto3.client(
        service,
        endpoint_url=emulator.endpoint,
        region_name=emulator.region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )


def status_of(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("key", ["test", "000000000000", "AKIAUNKNOWN", "own"])
@pytest.mark.parametrize(("service", "call"), [("s3", "list_buckets"), ("dynamodb", "list_tables")])
def test_ministack_knows_no_key_but_the_set_up_s_and_checks_its_signature(
    enforcing_ministack, key, service, call
):
    known = enforcing_ministack.access_key if key == "own" else key
    for secret in ("test", "wrong"):
        stranger = client(enforcing_ministack, service, known, secret)
        assert status_of(getattr(stranger, call)) in (400, 403)
    own = client(enforcing_ministack, service, enforcing_ministack.access_key, enforcing_ministack.secret_key)
    getattr(own, call)()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("POST", "/"),
        ("GET", "/2015-03-31/functions/"),
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/sqs/messages"),
        ("GET", "/_localstack/info"),
        ("GET", "/oauth2/authorize"),
    ],
)
def test_ministack_answers_nothing_that_is_not_signed(enforcing_ministack, method, path):
    assert requests.request(method, enforcing_ministack.endpoint + path, timeout=30).status_code == 403


def test_presigned_links_are_checked_too(enforcing_ministack):
    keys = enforcing_ministack.access_key, enforcing_ministack.secret_key
    own = client(enforcing_ministack, "s3", *keys)
    bucket = f"b-{uuid.uuid4().hex[:8]}"
    own.create_bucket(Bucket=bucket)
    own.put_object(Bucket=bucket, Key="k", Body=b"photo")
    asked = {"Params": {"Bucket": bucket, "Key": "k"}}
    good = own.generate_presigned_url("get_object", **asked)
    assert requests.get(good, timeout=30).content == b"photo"
    forged = client(enforcing_ministack, "s3", keys[0], "wrong").generate_presigned_url("get_object", **asked)
    assert requests.get(forged, timeout=30).status_code == 403
    assert requests.get(f"{enforcing_ministack.endpoint}/{bucket}/k", timeout=30).status_code == 403


def test_keys_of_functions_can_not_be_derived_from_their_names(enforcing_ministack):
    import hashlib

    function = "arn:aws:lambda:us-east-1:000000000000:function:f"
    digest = hashlib.sha256(f"{function}:arn:aws:iam::000000000000:role/r".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{part}:{digest}".encode()).hexdigest() for part in ("secret", "token"))
    guessed = client(enforcing_ministack, "s3", f"ASIA{digest[:16].upper()}", secret, token)
    assert status_of(guessed.list_buckets) == 403


@pytest.mark.parametrize("headers", [REBOUND, PAGE, {"Origin": "null"}, {"Origin": "http://localhost:8000"}])
@pytest.mark.parametrize("which", ["ministack", "enforcing_ministack"])
def test_ministack_answers_no_web_page(request, which, headers):
    emulator = request.getfixturevalue(which)
    for method, path in (("GET", "/_ministack/health"), ("POST", "/_ministack/reset"), ("OPTIONS", "/")):
        answer = requests.request(method, emulator.endpoint + path, headers=headers, timeout=30)
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_no_answer_of_ministack_can_be_read_by_a_page(ministack):
    signed = AWSRequest("POST", ministack.endpoint, {"X-Amz-Target": "DynamoDB_20120810.ListTables"}, b"{}")
    keys = Credentials(ministack.access_key, ministack.secret_key)
    SigV4Auth(keys, "dynamodb", ministack.region).add_auth(signed)
    answer = requests.post(ministack.endpoint, b"{}", headers=dict(signed.headers), timeout=30)
    assert "TableNames" in answer.json()
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert requests.get(f"{ministack.endpoint}/_ministack/health", timeout=30).status_code == 200


@pytest.mark.parametrize("service", ["blob", "queue", "table"])
def test_azurite_answers_no_web_page_and_no_other_key(azurite, service):
    url = f"{getattr(azurite, service)}/{azurite.accounts[0]}"
    for headers in (REBOUND, PAGE):
        answer = requests.get(f"{url}?comp=list", headers=headers, timeout=30)
        assert (answer.status_code, "127.0.0.1 only" in answer.text) == (403, True)
        assert "Access-Control-Allow-Origin" not in answer.headers
    well_known = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    stranger = BlobServiceClient(
        f"{azurite.blob}/{azurite.accounts[0]}",
        credential={"account_name": azurite.accounts[0], "account_key": well_known},
    )
    with pytest.raises(HttpResponseError, match="Server failed to authenticate"):
        next(iter(stranger.list_containers()))


def test_other_users_see_no_secret_in_a_command_line(azurite, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(azure_host, "start", lambda name, command, **how: started.append((command, how)))
    control, _ = azure_host.launch(tmp_path, azurite)
    [(command, how)] = started
    assert not {azurite.key, control.token} & set(command)
    assert how["environment"][STORAGE_KEY] == azurite.key
    assert how["environment"][CONTROL_TOKEN] == control.token
