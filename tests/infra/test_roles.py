"""Each role and identity may do what its code path does and nothing else, whatever the settings.

What is expected is read from what runs: the workflow and its steps, the compiled definition, the function
app's bindings, and where the host and Durable keep their state.
"""

import json
from typing import Any

import pytest

from components.aws.function import LIVE
from components.aws.workflow import called
from components.azure.roles import Role
from core.job import WORK_PREFIX
from core.workflow.granularity import GRANULARITIES, all_steps, pipeline_in
from core.workflow.model import Claim, Notify, Record, Task
from handlers.azure import function_app

ARN = "arn:aws:{}:us-east-1:123456789012:{}"
# Services force these to name no resource: see the comments in components/aws.
TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
SAMPLING = {"xray:GetSamplingRules", "xray:GetSamplingTargets"}
LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
DEFINITIONS = "/subscriptions/0000/providers/Microsoft.Authorization/roleDefinitions/"
CONTAINERS = {"input": "input", "work": "output", "output": "output"}


def statements(graph, role: str) -> list[dict[str, Any]]:
    [policy] = [each for each in graph.of("RolePolicy") if each.name == role]
    found: list[dict[str, Any]] = json.loads(policy.inputs["policy"])["Statement"]
    return found


def granted(graph, role: str) -> set[tuple[str, str]]:
    """Everything the role may do, but what it needs of a key of one's own, which every role may use."""
    found = {
        (action, resource)
        for statement in statements(graph, role)
        for action in statement["Action"]
        for resource in statement["Resource"]
    }
    key = graph.config.get("kmsKey")
    uses = {(action, key) for action in ("kms:Decrypt", "kms:GenerateDataKey")} if key else set()
    assert {each for each in found if each[0].startswith("kms:")} == uses
    return found - uses


def anywhere(actions: set[str]) -> set[tuple[str, str]]:
    return {(action, "*") for action in actions}


def assigned(graph, principal: str) -> set[tuple[str, Role]]:
    return {
        (each.inputs["scope"].split("/")[-1], Role(each.inputs["roleDefinitionId"].removeprefix(DEFINITIONS)))
        for each in graph.of("RoleAssignment")
        if each.inputs["principalId"] == f"principal-{principal}"
    }


def actions(workflow) -> list[Any]:
    return [state.action for state in workflow.all_states() if isinstance(state, Task)]


def bindings() -> list[Any]:
    """The app's bindings; ``get_functions`` would give them to one caller in a process alone."""
    return [
        each for builder in function_app.app._function_builders for each in builder._function.get_bindings()
    ]


def test_a_step_may_touch_its_places_and_write_its_log(any_aws):
    prefix = any_aws.config.get("inputPrefix", "incoming/")
    places = {
        "input": [ARN.format("s3", f"twinlens-input/{each}*") for each in {prefix, prefix and "archive/"}],
        "work": [ARN.format("s3", f"twinlens-output/{WORK_PREFIX}*")],
        "output": [ARN.format("s3", "twinlens-output/jobs/*")],
    }
    for step in all_steps():
        role = f"twinlens-{step.name.replace('_', '-')}"
        log = ARN.format("cloudwatch", f"{role}:*")
        assert granted(any_aws, role) == {
            *(("s3:GetObject", arn) for place in step.reads for arn in places[place]),
            *(("s3:PutObject", arn) for place in step.writes for arn in places[place]),
            ("logs:CreateLogStream", log),
            ("logs:PutLogEvents", log),
            *anywhere(TRACING),
        }


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_state_machine_may_do_what_its_definitions_do(run, kind):
    """What began under one definition ends under the role as it is after the change to the other.

    The emulator enforces this role too: tests/e2e/test_permissions.py.
    """
    role = "twinlens-workflow" if kind == "STANDARD" else "twinlens-workflow-express"
    graphs = [run({"cloud": "aws", "granularity": each}) for each in GRANULARITIES]
    named = [each for graph in graphs for each in graph.of("StateMachine")]
    machines = [each.inputs for each in named if each.name != "twinlens-batch"]
    definitions = [json.loads(each["definition"]) for each in machines if each["type"] == kind]
    assert definitions[0] != definitions[1]
    arns = {"twinlens-ledger": ARN.format("dynamodb", "twinlens-ledger")}
    expected = {
        (permission, arns.get(target, target))
        for permission, targets in called(definitions).items()
        for target in targets
    }
    assert len(expected) == len(all_steps()) + (4 if kind == "STANDARD" else 5)
    onward = ("states:StartExecution", ARN.format("sfn", "twinlens-workflow"))
    assert (onward in expected) == (kind == "EXPRESS")
    for graph in graphs:
        assert granted(graph, role) == expected | anywhere(LOG_DELIVERY | TRACING | SAMPLING)


def test_the_machine_of_batches_starts_itself_alone_and_reads_its_lists_alone(any_aws):
    """What else it may do is what a photo's machine may: see above."""
    (machine,) = [each for each in any_aws.of("StateMachine") if each.name == "twinlens-batch"]
    lists = ARN.format("s3", "twinlens-output/batches/*")
    itself = ARN.format("sfn", "twinlens-batch")
    needed = {
        (permission, {"twinlens-ledger": ARN.format("dynamodb", "twinlens-ledger")}.get(target, target))
        for permission, targets in called([json.loads(machine.inputs["definition"])]).items()
        for target in targets
    }
    of_role = granted(any_aws, "twinlens-batch")
    of_map = ("GetObject", "PutObject", "ListMultipartUploadParts", "AbortMultipartUpload")
    steps = {
        f"twinlens-{step.name.replace('_', '-')}:{LIVE}" for step in all_steps()
    }  # of both granularities
    assert of_role == needed | anywhere(LOG_DELIVERY | TRACING | SAMPLING) | {
        *(("lambda:InvokeFunction", ARN.format("lambda", each)) for each in steps),
        *((f"s3:{each}", lists) for each in of_map),
    }
    assert granted(any_aws, "twinlens-batch-items") == {
        ("states:StartExecution", itself),
        ("states:DescribeExecution", f"{itself}:*"),
    }
    log = ARN.format("cloudwatch", "twinlens-batch-summary:*")
    assert granted(any_aws, "twinlens-batch-summary") == {
        ("dynamodb:GetItem", ARN.format("dynamodb", "twinlens-ledger")),
        ("s3:GetObject", lists),
        ("s3:PutObject", ARN.format("s3", "twinlens-output/jobs/*")),
        ("logs:CreateLogStream", log),
        ("logs:PutLogEvents", log),
        *anywhere(TRACING),
    }


def test_every_role_is_assumed_for_this_account_only_and_a_rule_s_for_its_rule(any_aws):
    for role in any_aws.of("Role"):
        (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
        if trust["Principal"]["Service"] == "events.amazonaws.com":
            condition["ArnEquals"] = {"aws:SourceArn": ARN.format("cloudwatch", role.name)}
        assert trust["Condition"] == condition, role.name


def test_buckets_are_reached_in_the_account_s_own_alone(any_aws):
    """The ARN of a bucket names no account, and a name that is free can be taken by anybody."""
    own = {"aws:ResourceAccount": "${aws:PrincipalAccount}"}
    of_buckets = [
        statement
        for policy in any_aws.of("RolePolicy")
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        if any(action.startswith("s3:") for action in statement["Action"])
    ]
    assert len(of_buckets) > len(all_steps())
    assert all(each["Condition"]["StringEquals"] == own for each in of_buckets)


def start(graph) -> tuple[str, str]:
    durable = graph.config["orchestrator"] == "durable"
    return ("lambda:InvokeFunction" if durable else "states:StartExecution"), graph.outputs["workflow"]


def of_durable(graph, *names: str) -> set[str]:
    """Return the names if there is a durable function; tests/infra/test_durable.py has its permissions."""
    return set(names) if graph.config["orchestrator"] == "durable" else set()


def test_a_rule_may_start_its_workflow(any_aws):
    assert granted(any_aws, "twinlens-upload") == {start(any_aws)}


def test_a_rule_may_tell_the_error_topic_of_lost_executions(any_aws):
    assert granted(any_aws, "twinlens-lost") == {("sns:Publish", ARN.format("sns", "twinlens-error"))}


def test_the_reconciler_may_look_and_send_again_and_nothing_else(any_aws):
    ledger, dead = ARN.format("dynamodb", "twinlens-ledger"), ARN.format("sqs", "twinlens-reconciler-failed")
    log = ARN.format("cloudwatch", "twinlens-reconciler:*")
    assert granted(any_aws, "twinlens-reconciler") == {
        ("dynamodb:Query", f"{ledger}/index/open"),
        *((f"dynamodb:{each}", ledger) for each in ("GetItem", "Scan", "UpdateItem")),
        ("s3:ListBucket", ARN.format("s3", "twinlens-input")),
        start(any_aws),
        *(
            ("lambda:GetDurableExecution", ARN.format("lambda", f"{name}:*"))
            for name in of_durable(any_aws, "twinlens-workflow-durable")
        ),
        ("states:ListExecutions", ARN.format("sfn", "twinlens-workflow")),
        ("sns:Publish", ARN.format("sns", "twinlens-success")),
        ("sns:Publish", ARN.format("sns", "twinlens-error")),
        ("sqs:SendMessage", dead),
        ("logs:CreateLogStream", log),
        ("logs:PutLogEvents", log),
        *anywhere(TRACING),
    }
    (listing,) = [
        each for each in statements(any_aws, "twinlens-reconciler") if each["Action"] == ["s3:ListBucket"]
    ]
    prefix = any_aws.config.get("inputPrefix", "incoming/")
    assert listing["Condition"]["StringLike"] == {"s3:prefix": f"{prefix}*"}
    function = ARN.format("lambda", f"twinlens-reconciler:{LIVE}")
    assert granted(any_aws, "twinlens-reconciler-again") == {("lambda:InvokeFunction", function)}
    assert granted(any_aws, "twinlens-reconciler-schedule") == {
        ("lambda:InvokeFunction", function),
        ("sqs:SendMessage", dead),
    }


def test_no_statement_is_wider_than_its_service_forces(any_aws):
    for role in any_aws.of("RolePolicy"):
        allowed = granted(any_aws, role.name)
        assert not [action for action, _ in allowed if "*" in action]
        wide = {(action, resource) for action, resource in allowed if resource == "*"}
        assert wide <= anywhere(TRACING | SAMPLING | LOG_DELIVERY)


def test_each_role_is_taken_on_by_its_own_service(any_aws):
    services = {
        role.name: json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]["Principal"]["Service"]
        for role in any_aws.of("Role")
    }
    assert services.pop("twinlens-workflow") == "states.amazonaws.com"
    assert services.pop("twinlens-workflow-express") == "states.amazonaws.com"
    assert services.pop("twinlens-batch") == "states.amazonaws.com"
    assert services.pop("twinlens-upload") == "events.amazonaws.com"
    assert services.pop("twinlens-lost") == "events.amazonaws.com"
    for name in of_durable(any_aws, "twinlens-lost-durable"):
        assert services.pop(name) == "events.amazonaws.com"
    assert services.pop("twinlens-reconciler-schedule") == "scheduler.amazonaws.com"
    assert set(services.values()) == {"lambda.amazonaws.com"}


def test_there_are_no_other_roles(any_aws):
    steps = {step.name.replace("_", "-") for step in all_steps()}
    others = {"workflow", "workflow-express", "upload", "lost", "reconciler", "reconciler-schedule"}
    others |= {"batch", "batch-summary"}
    durable = of_durable(any_aws, "workflow-durable", "lost-durable")
    expected = {f"twinlens-{each}" for each in steps | others | durable}
    assert {each.name for each in any_aws.of("Role")} == expected
    # These name the function and the machine, which need the role first.
    later = {"twinlens-reconciler-again", "twinlens-batch-items"}
    later |= of_durable(any_aws, "twinlens-workflow-durable-executions")
    assert {each.name for each in any_aws.of("RolePolicy")} == expected | later


def test_every_role_has_the_boundary_and_the_path_that_were_asked_for(run):
    boundary = "arn:aws:iam::123456789012:policy/bound"
    asked = {"permissionsBoundary": boundary, "rolePath": "/team/photos/"}
    for settings, expected in (({}, (None, "/")), (asked, (boundary, "/team/photos/"))):
        graph = run({"cloud": "aws", **settings})
        roles = [each.inputs for each in graph.of("Role")]
        assert {(each.get("permissionsBoundary"), each["path"]) for each in roles} == {expected}


def test_the_app_may_do_what_its_workflow_and_its_host_do(any_azure):
    workflow = pipeline_in(any_azure.config["granularity"])
    given = {
        each["name"]: each["value"] for each in any_azure.one("WebApp").inputs["siteConfig"]["appSettings"]
    }
    expected = set()

    read = {CONTAINERS[place] for step in workflow.steps() for place in step.reads}
    written = {CONTAINERS[place] for step in workflow.steps() for place in step.writes}
    expected |= {(f"twinlens-photos-{each}", Role.BLOB_CONTRIBUTOR) for each in written}
    expected |= {(f"twinlens-photos-{each}", Role.BLOB_READER) for each in read - written}

    if any(isinstance(action, Claim | Record) for action in actions(workflow)):
        expected.add((f"twinlens-photos-{given['TWINLENS_LEDGER_TABLE']}", Role.TABLE_CONTRIBUTOR))
    for topic in {action.topic for action in actions(workflow) if isinstance(action, Notify)}:
        queue = given[f"TWINLENS_{topic.upper()}_QUEUE"]
        expected.add((f"twinlens-photos-{queue}", Role.QUEUE_SENDER))

    for binding in bindings():
        if binding.type == "queueTrigger":
            queue = given[binding.queue_name.strip("%")]
            expected.add((f"twinlens-photos-{queue}", Role.QUEUE_CONTRIBUTOR))
            expected.add((f"twinlens-photos-{queue}-poison", Role.QUEUE_CONTRIBUTOR))

    expected.add(("twinlensstate", Role.BLOB_OWNER))  # the host's locks and keys
    if any_azure.config["orchestrator"] == "storage":
        expected |= {("twinlensstate", Role.QUEUE_CONTRIBUTOR), ("twinlensstate", Role.TABLE_CONTRIBUTOR)}
    else:
        expected.add((any_azure.one("TaskHub").name, Role.DURABLE_TASK_CONTRIBUTOR))
    expected.add(("twinlens-insights", Role.METRICS_PUBLISHER))

    assert assigned(any_azure, "twinlens-app") == expected


def test_the_app_can_not_replace_its_code(any_azure):
    """The platform delivers it as an identity of its own, to an account on which the app's has no role."""
    code = any_azure.one("WebApp").inputs["functionAppConfig"]["deployment"]["storage"]
    assert code["value"] == "https://twinlenscode.blob.core.windows.net/deployed"
    assert code["authentication"]["userAssignedIdentityResourceId"].endswith("/twinlens-code")
    assert assigned(any_azure, "twinlens-code") == {("twinlens-deployed", Role.BLOB_CONTRIBUTOR)}
    scopes = {
        each.inputs["scope"]
        for each in any_azure.of("RoleAssignment")
        if each.inputs["principalId"] == "principal-twinlens-app"
    }
    assert not [each for each in scopes if "twinlenscode" in each or "deployed" in each]


def test_nobody_publishes_with_a_password(any_azure):
    for policy in ("WebAppFtpAllowed", "WebAppScmAllowed"):
        inputs = any_azure.one(policy).inputs
        assert (inputs["name"], inputs["allow"]) == ("twinlens-app", False)


def test_event_grid_may_write_to_the_queue_and_to_its_dead_letters(any_azure):
    subscription = any_azure.one("SystemTopicEventSubscription").inputs
    queue = subscription["deliveryWithResourceIdentity"]["destination"]["queueName"]
    letters = subscription["deadLetterWithResourceIdentity"]["deadLetterDestination"]["blobContainerName"]
    assert assigned(any_azure, "twinlens-upload-topic") == {
        (f"twinlens-photos-{queue}", Role.QUEUE_SENDER),
        (f"twinlens-{letters}", Role.BLOB_CONTRIBUTOR),
    }


def test_nobody_else_has_a_role(any_azure):
    principals = {each.inputs["principalId"] for each in any_azure.of("RoleAssignment")}
    own = {"principal-twinlens-encryption"} if any_azure.config.get("kmsKey") else set()
    ours = {f"principal-twinlens-{each}" for each in ("app", "code", "upload-topic")}
    assert principals == ours | own
    for principal in own:
        assert assigned(any_azure, principal.removeprefix("principal-")) == {("own", Role.KEY_USER)}
