"""A function's URL: served at the emulator's address to whom the function's policy lets in."""

import http.client
from urllib.parse import urlsplit

import pytest
from aws_inputs import archive, function

ECHO = """
def handler(event, context):
    told = event["requestContext"]["http"]["method"] + " " + event["rawPath"] + "?" + event["rawQueryString"]
    return {"statusCode": 201, "headers": {"X-Kind": "echo"}, "body": told}
"""
URL, CALL = "lambda:InvokeFunctionUrl", "lambda:InvokeFunction"
TO_URL = {"action": URL, "functionUrlAuthType": "NONE"}
TO_CALL = {"action": CALL, "invokedViaFunctionUrl": True}
LARGE = b"x" * (6 * 2**20 + 1)


@pytest.fixture
def live(made):
    """A function with a URL for everybody on its alias."""
    name = made.make("aws:lambda/function:Function", function(made, code=archive(ECHO, "e"), publish=True))[1]
    alias = {"functionName": name, "functionVersion": "1", "name": "live"}
    made.make("aws:lambda/alias:Alias", alias)
    given = {"functionName": name, "qualifier": "live", "authorizationType": "NONE"}
    return name, made.make("aws:lambda/functionUrl:FunctionUrl", given)[2]["functionUrl"]


def permit(made, name, **more):
    given = {"function": name, "principal": "*", "qualifier": "live", **more}
    made.make("aws:lambda/permission:Permission", given)


def ask(address, body=b""):
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.request("POST", f"{parts.path}a/b?c=1", body)
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.getheader("X-Kind")


def test_everybody_may_call_it_who_has_both_permissions(made, live):
    name, address = live
    assert ask(address)[0] == 403
    permit(made, name, **TO_URL)
    assert ask(address)[0] == 403
    permit(made, name, **TO_CALL)
    assert ask(address) == (201, "POST /a/b?c=1", "echo")
    assert ask(address, LARGE)[0] == 413


@pytest.mark.parametrize("second", [{"qualifier": "$LATEST"}, {"principal": "123456789012"}])
def test_a_permission_on_another_target_or_for_another_is_not_enough(made, live, second):
    name, address = live
    permit(made, name, **TO_URL)
    permit(made, name, **TO_CALL | second)
    assert ask(address)[0] == 403
