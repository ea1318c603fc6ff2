"""Lambda functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers import assets
from local.providers.aws.cloud import client, region
from local.providers.aws.resource import AwsResource, chosen, pascal
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

CONFIGURATION = {
    "description": "Description",
    "handler": "Handler",
    "kmsKeyArn": "KMSKeyArn",
    "layers": "Layers",
    "memorySize": "MemorySize",
    "role": "Role",
    "runtime": "Runtime",
    "timeout": "Timeout",
}
ALIAS = {
    "description": "Description",
    "functionName": "FunctionName",
    "functionVersion": "FunctionVersion",
    "name": "Name",
}
# Blocks whose keys differ from the API's only in capitalization.
BLOCKS = ("deadLetterConfig", "ephemeralStorage", "loggingConfig", "snapStart", "tracingConfig")
DURABLE = "durableConfig"
# The Lambda API reference, DurableConfig: seconds, and days.
DURABLE_RANGES = {"executionTimeout": (1, 31_622_400), "retentionPeriod": (1, 90)}
CODE = ("architectures", "code", "s3Bucket", "s3Key", "s3ObjectVersion")


class Function(AwsResource):
    """``aws.lambda_.Function`` from a ZIP archive."""

    kind = "aws:lambda/function:Function"
    auto_name = AutoName(max_length=64)
    replace_on = frozenset({"name", "packageType", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs.get("imageUri") or inputs.get("vpcConfig"):
            yield Fault("imageUri", "the local stand-in serves neither container images nor networks.")
        if not inputs.get("code") and not inputs.get("s3Bucket"):
            yield Fault("code", "a function needs its code: one of code and s3Bucket.")
        for name in ("handler", "runtime"):
            if not inputs.get(name):
                yield Fault(name, f"a function from an archive needs the property {name!r}.")
        if not 128 <= inputs.get("memorySize", 128) <= 10240:
            yield Fault(
                "memorySize", f"{inputs['memorySize']} is not allowed; memorySize is 128 to 10240 MB."
            )
        if not 1 <= inputs.get("timeout", 3) <= 900:
            yield Fault("timeout", f"{inputs['timeout']} is not allowed; timeout is 1 to 900 seconds.")
        durable = inputs.get(DURABLE) or {}
        for name, (least, most) in DURABLE_RANGES.items():
            if not least <= durable.get(name, least) <= most:
                yield Fault(DURABLE, f"{name} is {durable[name]}; it is {least:,} to {most:,}.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        name = inputs["name"]
        made = client("lambda").create_function(
            FunctionName=name,
            Code=_code(inputs),
            Architectures=_architectures(inputs),
            Publish=inputs.get("publish", False),
            **_configuration(inputs),
            **_durable(inputs),
        )
        client("lambda").get_waiter("function_active_v2").wait(FunctionName=name)
        _reserve(name, {}, inputs)
        return name, _outputs(made, inputs)

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        updated = client("lambda").get_waiter("function_updated_v2")
        made: dict[str, Any] = client("lambda").update_function_configuration(
            FunctionName=identity, **_configuration(inputs), **_durable(inputs)
        )
        updated.wait(FunctionName=identity)
        if any(state.get(name) != inputs.get(name) for name in CODE):
            made = client("lambda").update_function_code(
                FunctionName=identity, Architectures=_architectures(inputs), **_code(inputs)
            )
            updated.wait(FunctionName=identity)
        if inputs.get("publish"):
            made = client("lambda").publish_version(FunctionName=identity)
        _reserve(identity, state, inputs)
        return _outputs(made, inputs)

    def find(self, identity: str, state: Properties) -> object:
        return client("lambda").get_function(FunctionName=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("lambda").delete_function(FunctionName=identity)


class Alias(AwsResource):
    """``aws.lambda_.Alias`` without weights; its id is its ARN."""

    kind = "aws:lambda/alias:Alias"
    replace_on = frozenset({"functionName", "name", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs.get("routingConfig"):
            yield Fault("routingConfig", "the local stand-in does not serve routingConfig.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        arn = client("lambda").create_alias(**chosen(inputs, ALIAS))["AliasArn"]
        return arn, {"arn": arn}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        client("lambda").update_alias(**chosen(inputs, ALIAS))
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("lambda").get_alias(FunctionName=state["functionName"], Name=state["name"])

    def remove(self, identity: str, state: Properties) -> None:
        client("lambda").delete_alias(FunctionName=state["functionName"], Name=state["name"])


def _configuration(inputs: Properties) -> dict[str, Any]:
    blocks = {name[0].upper() + name[1:]: pascal(inputs[name]) for name in BLOCKS if inputs.get(name)}
    # The names of variables are the user's, so they keep their case.
    variables = inputs.get("environment", {}).get("variables", {})
    return {**chosen(inputs, CONFIGURATION), **blocks, "Environment": {"Variables": variables}}


def _durable(inputs: Properties) -> dict[str, Any]:
    if not inputs.get(DURABLE):
        return {}
    names = {"executionTimeout": "ExecutionTimeout", "retentionPeriod": "RetentionPeriodInDays"}
    return {"DurableConfig": chosen(inputs[DURABLE], names)}


def _architectures(inputs: Properties) -> list[str]:
    return inputs.get("architectures") or ["x86_64"]


def _code(inputs: Properties) -> dict[str, Any]:
    if inputs.get("code"):
        return {"ZipFile": assets.read(inputs["code"])}
    return chosen(inputs, {"s3Bucket": "S3Bucket", "s3Key": "S3Key", "s3ObjectVersion": "S3ObjectVersion"})


def _reserve(name: str, old: Properties, new: Properties) -> None:
    """Set or remove the function's reserved concurrency; -1 stands for none."""
    before, after = (each.get("reservedConcurrentExecutions", -1) for each in (old, new))
    if before == after:
        return
    if after == -1:
        client("lambda").delete_function_concurrency(FunctionName=name)
    else:
        client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=after)


def _outputs(made: dict[str, Any], inputs: Properties) -> Properties:
    arn = f"arn:aws:lambda:{region()}:{made['FunctionArn'].split(':')[4]}:function:{inputs['name']}"
    gateway = f"arn:aws:apigateway:{region()}:lambda:path"
    return {
        "arn": arn,
        "architectures": _architectures(inputs),
        "codeSha256": made["CodeSha256"],
        "invokeArn": f"{gateway}/2015-03-31/functions/{arn}/invocations",
        "lastModified": made["LastModified"],
        "memorySize": inputs.get("memorySize", 128),
        "packageType": "Zip",
        "qualifiedArn": f"{arn}:{made['Version']}",
        "qualifiedInvokeArn": f"{gateway}/2015-03-31/functions/{arn}:{made['Version']}/invocations",
        "responseStreamingInvokeArn": f"{gateway}/2021-11-15/functions/{arn}/response-streaming-invocations",
        "sourceCodeHash": made["CodeSha256"],
        "sourceCodeSize": made["CodeSize"],
        "timeout": inputs.get("timeout", 3),
        "version": made["Version"],
    }


RESOURCES = (Function, Alias)
