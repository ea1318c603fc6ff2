import uuid

import pytest

from local.providers.azure_native import arm
from local.providers.resource import ProviderError

READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"


def role(guid=READER):
    return f"/subscriptions/{arm.SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{guid}"


@pytest.fixture
def grant(cloud):
    principal = cloud.make("managedidentity:UserAssignedIdentity", cloud.group())[2]["principalId"]
    return {"principalId": principal, "roleDefinitionId": role(), "scope": cloud.account()["id"]}


def test_role_is_granted_where_it_is_asked_for(cloud, grant):
    ask, identity, outputs = cloud.make("authorization:RoleAssignment", grant)
    assert identity.startswith(f"{grant['scope']}/providers/Microsoft.Authorization/roleAssignments/")
    assert uuid.UUID(outputs["name"])
    assert outputs["type"] == "Microsoft.Authorization/roleAssignments"
    cloud.provider.delete(ask, identity, outputs)
    assert not cloud.provider.exists(ask, identity, outputs)


def test_every_change_makes_a_new_one(cloud, grant):
    ask = cloud.make("authorization:RoleAssignment", grant)[0]
    other = {**grant, "roleDefinitionId": role("ba92f5b4-2d11-453d-a403-e96b0029c9fe")}
    assert [each.replaces for each in cloud.provider.diff(ask, grant, other)] == [True]


def test_the_same_grant_twice_is_a_conflict(cloud, grant):
    cloud.make("authorization:RoleAssignment", grant)
    with pytest.raises(ProviderError, match="already grants the same"):
        cloud.make("authorization:RoleAssignment", grant, "another name")


def test_unknown_role_is_refused(cloud, grant):
    told = cloud.wrong("authorization:RoleAssignment", {**grant, "roleDefinitionId": role("2a2b9908")})
    assert "Storage Blob Data Reader" in told["roleDefinitionId"]
    assert cloud.wrong("authorization:RoleAssignment", {**grant, "roleDefinitionId": READER})


def test_principal_that_is_no_uuid_is_refused(cloud, grant):
    assert "principalId" in cloud.wrong("authorization:RoleAssignment", {**grant, "principalId": "None"})


def test_principal_and_scope_must_be_there(cloud, grant):
    with pytest.raises(ProviderError, match=r"The principal .* does not exist"):
        cloud.make("authorization:RoleAssignment", {**grant, "principalId": str(uuid.uuid4())})
    with pytest.raises(ProviderError, match="does not exist"):
        cloud.make("authorization:RoleAssignment", {**grant, "scope": f"{grant['scope']}2"})


def test_system_topics_identity_can_be_granted_a_role(cloud, grant):
    topic = {
        **cloud.group(),
        "source": grant["scope"],
        "topicType": "Microsoft.Storage.StorageAccounts",
        "identity": {"type": "SystemAssigned"},
    }
    made = cloud.make("eventgrid:SystemTopic", topic)[2]["identity"]
    assert made["tenantId"] == arm.TENANT
    cloud.make("authorization:RoleAssignment", {**grant, "principalId": made["principalId"]})


def test_client_config(cloud):
    found = cloud.provider.invoke("azure-native:authorization:getClientConfig", {})
    assert found["subscriptionId"] == arm.SUBSCRIPTION
    assert all(uuid.UUID(each) for each in found.values())


def test_ids_are_taken_apart():
    group = arm.group_id("g")
    account = f"{group}/providers/Microsoft.Storage/storageAccounts/a"
    container = f"{account}/blobServices/default/containers/c"
    assert arm.parent_of(group) is None
    assert arm.parent_of(account) == group
    assert arm.parent_of(container) == account
    assert arm.parent_of(f"{container}/blobs/b") == container
    assert arm.parent_of(f"{account}/managementPolicies/default") == account
    assert arm.parent_of(f"{container}/providers/Microsoft.Authorization/roleAssignments/r") == container
    assert arm.type_of(group) == "Microsoft.Resources/resourceGroups"
    assert arm.type_of(container) == "Microsoft.Storage/storageAccounts/blobServices/containers"
