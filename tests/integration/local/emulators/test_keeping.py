"""The real emulators, killed and started again: what they kept of the stores, the workflow and its code."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import BlobServiceClient
from emulated_aws import client_of

from local.emulators import azurite, ministack, processes
from local.emulators.processes import Supervised

ROLE = "arn:aws:iam::000000000000:role/any"
MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
CODE = """
def handler(event, context):
    return event

def waits(event, context):
    return {"Status": "PENDING"}
"""
PATIENCE_SECONDS = 60
KEPT_EXECUTIONS = 200  # as in local/ministack/keeping.py, which only MiniStack's own Python can import


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.stop(tmp_path)


def kill(process: Supervised) -> None:
    running = psutil.Process(process.pid)
    running.kill()
    running.wait(10)


def until(look: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def test_ministack_has_its_objects_rows_functions_and_workflows_again(folder: Path) -> None:
    emulator, process = ministack.launch(folder)
    ministack.wait(emulator, process, folder)
    s3, table, functions, states = (
        client_of(emulator, name) for name in ("s3", "dynamodb", "lambda", "stepfunctions")
    )
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("code.py", CODE)
    s3.create_bucket(Bucket="photos")
    table.create_table(
        TableName="jobs",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    functions.create_function(
        FunctionName="step",
        Runtime="python3.13",
        Role=ROLE,
        Handler="code.handler",
        Code={"ZipFile": code.getvalue()},
    )
    functions.create_function(
        FunctionName="durable",
        Runtime="python3.13",
        Role=ROLE,
        Handler="code.waits",
        Code={"ZipFile": code.getvalue()},
        DurableConfig={"ExecutionTimeout": 600},
    )
    functions.invoke(FunctionName="durable:$LATEST", InvocationType="Event")
    until(lambda: durable_executions(functions) == ["RUNNING"], "the durable function does not run")
    machine = states.create_state_machine(name="work", definition=json.dumps(MACHINE), roleArn=ROLE)
    table.put_item(TableName="jobs", Item={"id": {"S": "a"}})
    s3.put_object(Bucket="photos", Key="a.jpg", Body=b"photo")
    rows = folder / "ministack" / "state" / "dynamodb.json"
    machines = folder / "ministack" / "state" / "stepfunctions.json"
    until(
        lambda: rows.exists() and '"id": {"S": "a"}' in rows.read_text() and "work" in machines.read_text(),
        "MiniStack wrote nothing down",
    )

    kill(process)
    again, process = ministack.launch(folder, again=emulator)
    ministack.wait(again, process, folder)

    assert again.endpoint == emulator.endpoint
    assert s3.get_object(Bucket="photos", Key="a.jpg")["Body"].read() == b"photo"
    assert table.get_item(TableName="jobs", Key={"id": {"S": "a"}})["Item"] == {"id": {"S": "a"}}
    answer = functions.invoke(FunctionName="step", Payload=b'{"n": 1}')
    assert json.loads(answer["Payload"].read()) == {"n": 1}
    assert durable_executions(functions) == []  # it cannot continue, and must not seem to
    execution = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    until(
        lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED",
        "the workflow does not run",
    )

    for _ in range(KEPT_EXECUTIONS + 20):
        states.start_execution(stateMachineArn=machine["stateMachineArn"])
    until(lambda: executions(states) == KEPT_EXECUTIONS, "ended executions are not forgotten")


def durable_executions(functions: Any) -> list[str]:
    listed = functions.list_durable_executions_by_function(FunctionName="durable")["DurableExecutions"]
    return [each["Status"] for each in listed]


def executions(states: Any) -> int:
    machine = states.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine)
    return sum(len(page["executions"]) for page in pages)


def test_azurite_has_its_blobs_again(folder: Path) -> None:
    storage, process = azurite.launch(folder)
    azurite.wait(storage, process, folder)
    account = storage.accounts[0]
    container = BlobServiceClient(
        f"{storage.blob}/{account}", credential=AzureNamedKeyCredential(account, storage.key)
    ).get_container_client("photos")
    container.create_container()
    container.upload_blob("a.jpg", b"photo")
    names = folder / "azurite" / "__azurite_db_blob__.json"
    until(lambda: names.exists() and "a.jpg" in names.read_text(), "Azurite wrote nothing down")

    kill(process)
    again, process = azurite.launch(folder, storage)
    azurite.wait(again, process, folder)

    assert again == storage
    assert container.download_blob("a.jpg").readall() == b"photo"
