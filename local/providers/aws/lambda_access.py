"""Who may call a Lambda function, and the addresses at which anybody may."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from local.providers.aws.cloud import client
from local.providers.aws.resource import AwsResource, chosen
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

URL = {
    "authorizationType": "AuthType",
    "functionName": "FunctionName",
    "invokeMode": "InvokeMode",
    "qualifier": "Qualifier",
}
PERMISSION = {
    "functionUrlAuthType": "FunctionUrlAuthType",
    "invokedViaFunctionUrl": "InvokedViaFunctionUrl",
    "qualifier": "Qualifier",
    "sourceAccount": "SourceAccount",
    "sourceArn": "SourceArn",
}


class FunctionUrl(AwsResource):
    """``aws.lambda_.FunctionUrl``, at MiniStack's own address; its id is the function's name."""

    kind = "aws:lambda/functionUrl:FunctionUrl"
    replace_on = frozenset({"functionName", "qualifier", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        kind = inputs.get("authorizationType")
        if kind not in (None, "AWS_IAM", "NONE"):
            yield Fault("authorizationType", f"{kind!r} is not allowed; it is AWS_IAM or NONE.")
        if inputs.get("invokeMode") == "RESPONSE_STREAM":
            yield Fault("invokeMode", "the local stand-in does not stream responses.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        name, qualifier = inputs["functionName"], inputs.get("qualifier")
        made = client("lambda").create_function_url_config(**chosen(inputs, URL))
        host = urlsplit(made["FunctionUrl"]).netloc
        number = host.partition(".")[0]
        return f"{name}/{qualifier}" if qualifier else name, {
            "functionArn": made["FunctionArn"],
            "functionUrl": f"{client('lambda').meta.endpoint_url}/_aws/lambda-url/{number}/",
            "urlId": number,
        }

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        client("lambda").update_function_url_config(**chosen(inputs, URL))
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("lambda").get_function_url_config(**_of_url(state))

    def remove(self, identity: str, state: Properties) -> None:
        client("lambda").delete_function_url_config(**_of_url(state))


class Permission(AwsResource):
    """``aws.lambda_.Permission``; every change replaces it."""

    kind = "aws:lambda/permission:Permission"
    auto_name = AutoName("statementId", max_length=100)
    replace_on = frozenset({*PERMISSION, "action", "function", "principal", "statementId"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        # https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
        if inputs.get("functionUrlAuthType") and inputs["action"] != "lambda:InvokeFunctionUrl":
            yield Fault("functionUrlAuthType", "only the action lambda:InvokeFunctionUrl takes it.")
        if inputs.get("invokedViaFunctionUrl") and inputs["action"] != "lambda:InvokeFunction":
            yield Fault("invokedViaFunctionUrl", "only the action lambda:InvokeFunction takes it.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        client("lambda").add_permission(
            FunctionName=inputs["function"],
            StatementId=inputs["statementId"],
            Action=inputs["action"],
            Principal=inputs["principal"],
            **chosen(inputs, PERMISSION),
        )
        return inputs["statementId"], {}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        return {}

    def find(self, identity: str, state: Properties) -> object:
        policy = client("lambda").get_policy(**_permitted(state))["Policy"]
        return f'"{identity}"' in policy

    def remove(self, identity: str, state: Properties) -> None:
        client("lambda").remove_permission(**_permitted(state), StatementId=identity)


def _of_url(state: Properties) -> Properties:
    return chosen(state, {"functionName": "FunctionName", "qualifier": "Qualifier"})


def _permitted(state: Properties) -> Properties:
    return chosen(state, {"function": "FunctionName", "qualifier": "Qualifier"})


RESOURCES = (FunctionUrl, Permission)
