"""A role on the emulated AWS, less one action for a while."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain

import boto3


@dataclass
class Role:
    """A role on the emulator and its policies' statements."""

    name: str
    policies: dict[str, list[dict]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in boto3.client("iam").list_role_policies(RoleName=self.name)["PolicyNames"]:
            held = boto3.client("iam").get_role_policy(RoleName=self.name, PolicyName=name)
            self.policies[name] = held["PolicyDocument"]["Statement"]

    def actions(self) -> set[str]:
        return {action for each in chain(*self.policies.values()) for action in each["Action"]}

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        assert action in self.actions()
        for name, statements in self.policies.items():
            left = [
                {**each, "Action": kept}
                for each in statements
                if (kept := [a for a in each["Action"] if a != action])
            ]
            self._put(name, left)
        try:
            yield
        finally:
            for name, statements in self.policies.items():
                self._put(name, statements)

    def _put(self, name: str, statements: list[dict]) -> None:
        if not statements:
            boto3.client("iam").delete_role_policy(RoleName=self.name, PolicyName=name)
            return
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        boto3.client("iam").put_role_policy(RoleName=self.name, PolicyName=name, PolicyDocument=document)
