"""MiniStack lets a running call of a function end with the version that it began with, as Lambda does."""

import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import boto3

ROLE = "arn:aws:iam::000000000000:role/updated"
PATIENCE_SECONDS = 120
HANDLER = """
import time
from pathlib import Path

def handler(event, context):
    Path(event["begun"]).touch()
    while not Path(event["go"]).exists():
        time.sleep(0.05)
    from late import VERSION  # what is loaded now has to be there still
    return VERSION
"""


def code(version):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("updated.py", HANDLER)
        archive.writestr("late.py", f"VERSION = {version!r}")
    return stream.getvalue()


def test_a_running_call_ends_well_while_memory_and_code_change(aws, tmp_path):
    service, name = boto3.client("lambda"), "updated"
    made = service.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="updated.handler",
        Code={"ZipFile": code("old")},
        Timeout=PATIENCE_SECONDS,
        Publish=True,
    )
    service.create_alias(FunctionName=name, Name="live", FunctionVersion=made["Version"])

    def call(begun):
        told = {"begun": str(tmp_path / begun), "go": str(tmp_path / "go")}
        answer = service.invoke(FunctionName=f"{name}:live", Payload=json.dumps(told))
        return json.load(answer["Payload"])

    with ThreadPoolExecutor(1) as caller:
        running = caller.submit(call, "begun")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (tmp_path / "begun").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        service.update_function_configuration(FunctionName=name, MemorySize=512)
        service.get_waiter("function_updated_v2").wait(FunctionName=name)
        updated = service.update_function_code(FunctionName=name, ZipFile=code("new"), Publish=True)
        service.update_alias(FunctionName=name, Name="live", FunctionVersion=updated["Version"])
        (tmp_path / "go").touch()

    assert running.result() == "old"
    assert call("again") == "new"
