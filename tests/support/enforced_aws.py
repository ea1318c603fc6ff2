"""The program's functions on MiniStack, each under the role that the program grants it, or less an action.

Graphs are those that the program makes under mocks: see ``tests/infra/conftest.py``.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from emulated_aws import client_of

from local.state import AwsEmulator

# How MiniStack's ARNs begin, by the service in those of the mocks.
REAL = {
    "dynamodb": "dynamodb:us-east-1:000000000000:table/",
    "s3": "s3:::",
    "sfn": "states:us-east-1:000000000000:stateMachine:",
    "sns": "sns:us-east-1:000000000000:",
}


class EnforcedFunction:
    """A function on MiniStack, under the role that the program grants it."""

    def __init__(self, client: Callable[[str], Any], name: str, policy: dict[str, Any]) -> None:
        self._client, self._name, self._policy = client, name, policy
        self._grant(policy["Statement"])

    def __call__(self, event: Any) -> Any:
        """Call the function; return its answer, or its error."""
        answer = self._client("lambda").invoke(FunctionName=self._name, Payload=json.dumps(event))
        return json.load(answer["Payload"])

    def actions(self) -> set[str]:
        """Everything that the role may do."""
        return {action for each in self._policy["Statement"] for action in each["Action"]}

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Take an action from the role, wherever it is granted, until the block is left."""
        assert action in self.actions()
        less = [
            {**each, "Action": kept}
            for each in self._policy["Statement"]
            if (kept := [other for other in each["Action"] if other != action])
        ]
        self._grant(less)
        try:
            yield
        finally:
            self._grant(self._policy["Statement"])

    def _grant(self, statements: list[dict[str, Any]]) -> None:
        document = json.dumps({**self._policy, "Statement": statements})
        self._client("iam").put_role_policy(RoleName=self._name, PolicyName="own", PolicyDocument=document)


class EnforcedAws:
    """MiniStack with IAM enforced, on which the program's functions are made one by one."""

    def __init__(self, emulator: AwsEmulator, package: bytes) -> None:
        self._emulator, self._package = emulator, package

    def client(self, service: str) -> Any:
        """Return a client of somebody who may do everything."""
        return client_of(self._emulator, service)

    def real(self, text: str) -> str:
        """Put the emulator's ARNs in place of the mocks'; a real bucket's names no region and no account."""
        for service, beginning in REAL.items():
            text = text.replace(f"arn:aws:{service}:us-east-1:123456789012:", f"arn:aws:{beginning}")
        return re.sub(r":stateMachine:([\w-]+:\*)", r":execution:\1", text)

    def table(self, graph: Any, logical: str) -> str:
        """Make a table as the program asks for it; return its name."""
        asked = graph.one("Table", logical).inputs

        def keys(found: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
            return [{"AttributeName": each["attributeName"], "KeyType": each["keyType"]} for each in found]

        indexes = [
            {
                "IndexName": each["name"],
                "KeySchema": keys(each["keySchemas"]),
                "Projection": {"ProjectionType": each["projectionType"]},
            }
            for each in asked.get("globalSecondaryIndexes", ())
        ]
        self.client("dynamodb").create_table(
            TableName=logical,
            BillingMode=asked["billingMode"],
            AttributeDefinitions=[
                {"AttributeName": each["name"], "AttributeType": each["type"]} for each in asked["attributes"]
            ],
            KeySchema=keys([{"attributeName": asked["hashKey"], "keyType": "HASH"}]),
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        )
        return logical

    def machine(self, graph: Any, states: Mapping[str, Any]) -> str:
        """Make a state machine of these states under the name of the program's; return its ARN."""
        trust = graph.one("Role", "twinlens-workflow-express").inputs["assumeRolePolicy"]
        role = self.client("iam").create_role(RoleName="machine", AssumeRolePolicyDocument=trust)
        made = self.client("stepfunctions").create_state_machine(
            name="twinlens-workflow",
            definition=json.dumps({"StartAt": next(iter(states)), "States": states}),
            roleArn=role["Role"]["Arn"],
        )
        return str(made["stateMachineArn"])

    def function(self, graph: Any, logical: str, **variables: str) -> EnforcedFunction:
        """Make a function as the program asks for it, and its role."""
        name = f"{logical}-{uuid.uuid4().hex[:6]}"
        role, policy, asked = (
            next(each.inputs for each in graph.of(kind) if each.name == logical)
            for kind in ("Role", "RolePolicy", "Function")
        )
        made = self.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=role["assumeRolePolicy"]
        )
        function = EnforcedFunction(self.client, name, json.loads(self.real(policy["policy"])))
        given = {key: self.real(value) for key, value in asked["environment"]["variables"].items()}
        self.client("lambda").create_function(
            FunctionName=name,
            Role=made["Role"]["Arn"],
            Runtime=asked["runtime"],
            Handler=asked["handler"],
            Timeout=int(asked["timeout"]),
            MemorySize=int(asked["memorySize"]),
            Environment={"Variables": {**given, "AWS_ENDPOINT_URL": self._emulator.endpoint, **variables}},
            Code={"ZipFile": self._package},
        )
        return function
