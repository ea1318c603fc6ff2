"""API Gateway: HTTP APIs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import account, client, region
from local.providers.aws.resource import AwsResource, chosen, pascal
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

HTTP = "HTTP"
DEFAULT = "$default"
API = {
    "corsConfiguration": "CorsConfiguration",
    "description": "Description",
    "disableExecuteApiEndpoint": "DisableExecuteApiEndpoint",
    "name": "Name",
    "version": "Version",
}
AUTHORIZER = {
    "apiId": "ApiId",
    "authorizerType": "AuthorizerType",
    "identitySources": "IdentitySource",
    "jwtConfiguration": "JwtConfiguration",
    "name": "Name",
}
INTEGRATION = {
    "apiId": "ApiId",
    "description": "Description",
    "integrationMethod": "IntegrationMethod",
    "integrationType": "IntegrationType",
    "integrationUri": "IntegrationUri",
    "payloadFormatVersion": "PayloadFormatVersion",
    "timeoutMilliseconds": "TimeoutInMillis",
}
ROUTE = {
    "apiId": "ApiId",
    "authorizationScopes": "AuthorizationScopes",
    "authorizationType": "AuthorizationType",
    "authorizerId": "AuthorizerId",
    "operationName": "OperationName",
    "routeKey": "RouteKey",
    "target": "Target",
}
STAGE = {
    "accessLogSettings": "AccessLogSettings",
    "apiId": "ApiId",
    "autoDeploy": "AutoDeploy",
    "defaultRouteSettings": "DefaultRouteSettings",
    "description": "Description",
    "name": "StageName",
    "stageVariables": "StageVariables",
}


class Api(AwsResource):
    """``aws.apigatewayv2.Api`` of the protocol HTTP. Its address has the emulator's host, and the stage."""

    kind = "aws:apigatewayv2/api:Api"
    auto_name = AutoName(max_length=128)
    replace_on = frozenset({"protocolType", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs.get("protocolType") != HTTP:
            yield Fault("protocolType", f"the local stand-in serves the protocol {HTTP} only.")
        for name in ("body", "routeKey", "target", "credentialsArn"):
            if inputs.get(name):
                yield Fault(name, f"the local stand-in does not serve {name}.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        made = client("apigatewayv2").create_api(ProtocolType=HTTP, **_asked(inputs, API))
        identity = made["ApiId"]
        endpoint = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{identity}/{DEFAULT}"
        return identity, {
            "apiEndpoint": endpoint,
            "arn": f"arn:aws:apigateway:{region()}::/apis/{identity}",
            "executionArn": f"arn:aws:execute-api:{region()}:{account()}:{identity}",
        }

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        if state.get("corsConfiguration") and not inputs.get("corsConfiguration"):
            client("apigatewayv2").delete_cors_configuration(ApiId=identity)
        client("apigatewayv2").update_api(ApiId=identity, **_asked(inputs, API))
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("apigatewayv2").get_api(ApiId=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("apigatewayv2").delete_api(ApiId=identity)


class _Part(AwsResource):
    """A part of an API: ``name`` is the API's word for it, ``names`` are its inputs."""

    name: str
    key: str
    names: dict[str, str]
    replace_on = frozenset({"apiId", "region"})

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        made = getattr(client("apigatewayv2"), f"create_{self.name}")(**_asked(inputs, self.names))
        return made[self.key], {}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        asked = {**_asked(inputs, self.names), self.key: identity}
        getattr(client("apigatewayv2"), f"update_{self.name}")(**asked)
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return getattr(client("apigatewayv2"), f"get_{self.name}")(**self._named(identity, state))

    def remove(self, identity: str, state: Properties) -> None:
        getattr(client("apigatewayv2"), f"delete_{self.name}")(**self._named(identity, state))

    def _named(self, identity: str, state: Properties) -> dict[str, str]:
        return {"ApiId": state["apiId"], self.key: identity}


class Authorizer(_Part):
    """``aws.apigatewayv2.Authorizer`` of tokens (JWT)."""

    kind = "aws:apigatewayv2/authorizer:Authorizer"
    auto_name = AutoName(max_length=128)
    name, key, names = "authorizer", "AuthorizerId", AUTHORIZER

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs.get("authorizerType") != "JWT":
            yield Fault("authorizerType", "the local stand-in serves authorizers of the type JWT only.")


class Integration(_Part):
    """``aws.apigatewayv2.Integration`` of a Lambda function."""

    kind = "aws:apigatewayv2/integration:Integration"
    name, key, names = "integration", "IntegrationId", INTEGRATION

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs.get("integrationType") != "AWS_PROXY":
            yield Fault("integrationType", "the local stand-in serves the type AWS_PROXY only.")
        if not 50 <= inputs.get("timeoutMilliseconds", 30_000) <= 30_000:
            yield Fault("timeoutMilliseconds", "an HTTP API waits 50 to 30,000 milliseconds.")


class Route(_Part):
    """``aws.apigatewayv2.Route``."""

    kind = "aws:apigatewayv2/route:Route"
    name, key, names = "route", "RouteId", ROUTE


class Stage(_Part):
    """``aws.apigatewayv2.Stage``; its id is its name."""

    kind = "aws:apigatewayv2/stage:Stage"
    replace_on = frozenset({"apiId", "name", "region"})
    name, key, names = "stage", "StageName", STAGE

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if not inputs.get("autoDeploy"):
            yield Fault("autoDeploy", "the local stand-in serves stages that deploy themselves only.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        identity, _ = super().make(inputs)
        arn = f"arn:aws:apigateway:{region()}::/apis/{inputs['apiId']}/stages/{identity}"
        return identity, {"arn": arn}


def _asked(inputs: Properties, names: dict[str, str]) -> dict[str, Any]:
    """Return the inputs under their names in the API; blocks have the same keys, capitalized."""
    asked = chosen(inputs, names)
    asked |= {name: pascal(value) for name, value in asked.items() if name != "StageVariables"}
    if "JwtConfiguration" in asked:
        asked["JwtConfiguration"]["Audience"] = asked["JwtConfiguration"].pop("Audiences", [])
    return asked


RESOURCES = (Api, Authorizer, Integration, Route, Stage)
