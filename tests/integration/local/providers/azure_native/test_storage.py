import pytest

from local.providers import wire
from local.providers.azure_native import emulator
from local.providers.provider import Ask
from local.providers.resource import ProviderError

CONTENT = {wire.SIGNATURE: wire.ASSET, "hash": "1", "text": "the package"}


def container(cloud, **account):
    name = cloud.account(**account)["name"]
    inputs = {**cloud.group(), "accountName": name, "containerName": "packages"}
    cloud.make("storage:BlobContainer", inputs)
    return inputs


def test_accounts_are_taken_from_the_pool_each_once(cloud, azure):
    first, second = cloud.account("first"), cloud.account("second")
    assert first["name"] != second["name"]
    assert {first["name"], second["name"]} <= set(azure.accounts)
    assert first["primaryEndpoints"] == {
        service: f"{getattr(azure, service)}/{first['name']}/" for service in ("blob", "queue", "table")
    }


def test_pool_that_is_used_up_is_reported(cloud, azure):
    for number in range(len(azure.accounts)):
        cloud.account(str(number))
    with pytest.raises(ProviderError, match="All 12 local storage accounts are in use"):
        cloud.account("one too many")


def test_name_outside_the_pool_is_refused(cloud, azure):
    inputs = {**cloud.group(), "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "accountName": "photos"}
    assert azure.accounts[0] in cloud.wrong("storage:StorageAccount", inputs)["accountName"]


def test_containers_queues_and_tables_are_real(cloud):
    name = cloud.account()["name"]
    inputs = {**cloud.group(), "accountName": name}
    parts = [
        cloud.make("storage:BlobContainer", {**inputs, "containerName": "input"}),
        cloud.make("storage:Queue", {**inputs, "queueName": "uploads"}),
        cloud.make("storage:Table", {**inputs, "tableName": "ledger"}),
    ]

    def there():
        return [
            [each.name for each in emulator.blobs(name).list_containers()],
            [each.name for each in emulator.queues(name).list_queues()],
            [each.name for each in emulator.tables(name).list_tables()],
        ]

    assert there() == [["input"], ["uploads"], ["ledger"]]
    for ask, identity, outputs in parts:
        cloud.provider.delete(ask, identity, outputs)
    assert there() == [[], [], []]


def test_an_account_that_goes_leaves_nothing(cloud):
    ask, identity, outputs = cloud.make(
        "storage:StorageAccount", {**cloud.group(), "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    )
    name = outputs["accountName"]
    emulator.blobs(name).create_container("left-behind")
    emulator.queues(name).create_queue("left-behind")
    emulator.tables(name).create_table("leftbehind")
    cloud.provider.delete(ask, identity, outputs)
    assert not list(emulator.blobs(name).list_containers())
    assert not list(emulator.queues(name).list_queues())
    assert not list(emulator.tables(name).list_tables())


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("storage:BlobContainer", "containerName", "Input"),
        ("storage:BlobContainer", "containerName", "a--b"),
        ("storage:Queue", "queueName", "up_loads"),
        ("storage:Queue", "queueName", "u" * 64),
        ("storage:Table", "tableName", "my-ledger"),
        ("storage:Table", "tableName", "1ledger"),
    ],
)
def test_names_that_the_platform_refuses(cloud, kind, name, value):
    inputs = {"accountName": "a", "resourceGroupName": "g", name: value}
    assert repr(value) in cloud.wrong(kind, inputs)[name]


@pytest.mark.parametrize("kind", ["storage:ManagementPolicy", "storage:BlobServiceProperties"])
def test_what_is_always_called_default(cloud, kind):
    inputs = {"accountName": "a", "resourceGroupName": "g", "policy": {"rules": []}}
    if kind == "storage:BlobServiceProperties":
        del inputs["policy"]
    (reason,) = cloud.wrong(kind, inputs).values()
    assert "only the name 'default'" in reason


def test_blob_is_uploaded_read_by_its_signature_and_removed(cloud):
    inputs = container(cloud)
    account = inputs["accountName"]
    blob = {**inputs, "blobName": "app.zip", "source": CONTENT, "contentType": "application/zip"}
    ask, identity, outputs = cloud.make("storage:Blob", blob)
    assert outputs["url"] == f"{emulator.endpoints(account)['blob']}packages/app.zip"
    assert outputs["type"] == "Block"
    signature = {
        "accountName": account,
        "resourceGroupName": "group",
        "canonicalizedResource": f"/blob/{account}/packages/app.zip",
        "resource": "b",
        "permissions": "r",
        "protocols": "https",
        "sharedAccessExpiryTime": "2099-12-31T00:00:00Z",
    }
    function = "azure-native:storage:listStorageAccountServiceSAS"
    token = cloud.provider.invoke(function, signature)["serviceSasToken"]
    assert cloud.provider.invoke(function, signature)["serviceSasToken"] == token
    assert download(f"{outputs['url']}?{token}") == b"the package"
    changed = {**outputs, "source": {**CONTENT, "hash": "2"}}
    assert any(
        each.replaces for each in cloud.provider.diff(ask, blob, {**blob, "source": changed["source"]})
    )
    cloud.provider.delete(ask, identity, outputs)
    assert not list(emulator.blobs(account).get_container_client("packages").list_blobs())


def test_container_signatures_account_signatures_and_keys(cloud, azure):
    inputs = container(cloud)
    account = inputs["accountName"]
    common = {"accountName": account, "permissions": "rl", "sharedAccessExpiryTime": "2099-12-31T00:00:00Z"}
    service = {**common, "resource": "c", "canonicalizedResource": f"/blob/{account}/packages"}
    token = cloud.provider.invoke("azure-native:storage:listStorageAccountServiceSAS", service)[
        "serviceSasToken"
    ]
    listing = f"{emulator.endpoints(account)['blob']}packages?restype=container&comp=list&"
    assert b"EnumerationResults" in download(listing + token)
    account_wide = {**common, "services": "b", "resourceTypes": "sco"}
    token = cloud.provider.invoke("azure-native:storage:listStorageAccountSAS", account_wide)[
        "accountSasToken"
    ]
    assert b"EnumerationResults" in download(listing + token)
    keys = cloud.provider.invoke("azure-native:storage:listStorageAccountKeys", {"accountName": account})[
        "keys"
    ]
    assert [key["value"] for key in keys] == [azure.key]


def test_an_account_closed_to_its_key_is_closed_here_too(cloud):
    inputs = container(cloud, allowSharedKeyAccess=False)
    with pytest.raises(ProviderError, match="does not allow access by its key"):
        cloud.make("storage:Blob", {**inputs, "source": CONTENT})
    with pytest.raises(ProviderError, match="does not allow access by its key"):
        cloud.provider.invoke(
            "azure-native:storage:listStorageAccountKeys", {"accountName": inputs["accountName"]}
        )


def test_signatures_of_what_is_not_there_are_refused(cloud):
    account = cloud.account()["name"]
    asked = {"accountName": account, "resource": "b", "canonicalizedResource": "/blob/other/a/b"}
    with pytest.raises(ProviderError, match="neither a blob nor a container"):
        cloud.provider.invoke("azure-native:storage:listStorageAccountServiceSAS", asked)
    with pytest.raises(ProviderError, match="no storage account 'nobody'"):
        cloud.provider.invoke("azure-native:storage:listStorageAccountKeys", {"accountName": "nobody"})


def test_preview_promises_a_name_without_taking_the_account(cloud, azure):
    ask = Ask("azure-native:storage:StorageAccount", "p", b"s")
    inputs = {"resourceGroupName": "g", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    first, second = (cloud.provider.check(ask, {}, inputs)[0]["accountName"] for _ in range(2))
    assert first != second
    assert first in azure.accounts


def download(url):
    from urllib.request import urlopen

    with urlopen(url) as answer:
        return answer.read()


def test_an_account_s_identities_come_back_with_their_principals(cloud):
    _, user, known = cloud.make("managedidentity:UserAssignedIdentity", cloud.group())
    block = {"type": "UserAssigned", "userAssignedIdentities": [user]}
    made = cloud.account(identity=block)["identity"]
    ids = {each: known[each] for each in ("clientId", "principalId")}
    assert made == {"type": "UserAssigned", "userAssignedIdentities": {user: ids}}
