"""IAM roles and their policies."""

from __future__ import annotations

from collections.abc import Iterator

from local.providers.aws.cloud import client
from local.providers.aws.resource import AwsResource, Setting, chosen, document, policy_faults
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

NAME = AutoName(max_length=64, forbidden=r"[^A-Za-z0-9+=,.@_-]")


class Role(AwsResource):
    """``aws.iam.Role``; its policies are separate resources."""

    kind = "aws:iam/role:Role"
    auto_name = NAME
    replace_on = frozenset({"name", "path"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from policy_faults(inputs, "assumeRolePolicy")
        for name in ("inlinePolicies", "managedPolicyArns"):
            if inputs.get(name):
                yield Fault(
                    name, f"the local stand-in supports policies as RolePolicy resources, not as {name}."
                )

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        options = {"path": "Path", "permissionsBoundary": "PermissionsBoundary"}
        role = client("iam").create_role(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=document(inputs["assumeRolePolicy"]),
            Tags=[{"Key": key, "Value": value} for key, value in inputs.get("tags", {}).items()],
            **chosen(inputs, options | SETTINGS),
        )["Role"]
        return inputs["name"], {
            "arn": role["Arn"],
            "createDate": role["CreateDate"].isoformat(),
            "maxSessionDuration": inputs.get("maxSessionDuration", 3600),
            "path": role["Path"],
            "uniqueId": role["RoleId"],
        }

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        policy = document(inputs["assumeRolePolicy"])
        client("iam").update_assume_role_policy(RoleName=identity, PolicyDocument=policy)
        client("iam").update_role(RoleName=identity, **chosen(inputs, SETTINGS))
        before, boundary = state.get("permissionsBoundary"), inputs.get("permissionsBoundary")
        if boundary and boundary != before:
            client("iam").put_role_permissions_boundary(RoleName=identity, PermissionsBoundary=boundary)
        elif before and not boundary:
            client("iam").delete_role_permissions_boundary(RoleName=identity)
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("iam").get_role(RoleName=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("iam").delete_role(RoleName=identity)


class RolePolicy(Setting):
    """``aws.iam.RolePolicy``: an inline policy of a role; its id is ``role:name``."""

    kind = "aws:iam/rolePolicy:RolePolicy"
    auto_name = AutoName(max_length=128, forbidden=NAME.forbidden)
    replace_on = frozenset({"name", "role"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from policy_faults(inputs, "policy")

    def put(self, inputs: Properties) -> str:
        role, name = inputs["role"], inputs["name"]
        client("iam").put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=document(inputs["policy"])
        )
        return f"{role}:{name}"

    def find(self, identity: str, state: Properties) -> object:
        return client("iam").get_role_policy(RoleName=state["role"], PolicyName=state["name"])

    def remove(self, identity: str, state: Properties) -> None:
        client("iam").delete_role_policy(RoleName=state["role"], PolicyName=state["name"])


class RolePolicyAttachment(Setting):
    """``aws.iam.RolePolicyAttachment``: a managed policy on a role."""

    kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    replace_on = frozenset({"policyArn", "role"})

    def put(self, inputs: Properties) -> str:
        client("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def find(self, identity: str, state: Properties) -> object:
        attached = client("iam").list_attached_role_policies(RoleName=state["role"])["AttachedPolicies"]
        return [each for each in attached if each["PolicyArn"] == state["policyArn"]]

    def remove(self, identity: str, state: Properties) -> None:
        client("iam").detach_role_policy(RoleName=state["role"], PolicyArn=state["policyArn"])


SETTINGS = {"description": "Description", "maxSessionDuration": "MaxSessionDuration"}
RESOURCES = (Role, RolePolicy, RolePolicyAttachment)
