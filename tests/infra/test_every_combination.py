"""What holds for the graph under every pair of settings, whichever the cloud."""

import json
import re
from dataclasses import replace

import event_ruler
import pulumi
from pulumi.runtime import rpc

from components.aws.function import LIVE
from components.aws.state_machine.references import permissions
from components.pipeline import build
from components.settings import CLOUDS, Settings
from core.workflow.granularity import pipeline_in

OUTPUTS = {
    "cloud", "orchestrator", "granularity", "architecture", "memoryMb", "region", "recipe", "inputContainer",
    "outputContainer", "inputPrefix", "storeEndpoint", "ledger", "ledgerEndpoint", "workflow", "successTopic",
    "errorTopic", "queueEndpoint", "deadLetters", "undelivered", "setAside", "metered", "chaos",
    "logLevel", "stepMemoryMb", "ownKey", "photoRedundancy", "softDeleteDays",
    "review", "reviewSeconds", "reviewTopic", "decisionsQueue", "apiUrl", "batch", "siteUrl",
    "waf", "dnsRecords",
}  # fmt: skip
UNTAGGABLE = {
    # AWS
    "Alias", "BucketLifecycleConfiguration", "BucketNotification", "BucketOwnershipControls", "BucketPolicy",
    "BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration", "EventTarget", "QueuePolicy",
    "Dashboard", "QueryDefinition", "RolePolicy", "Schedule", "TopicPolicy", "TopicSubscription",
    "BucketVersioning", "Budget",
    # Azure
    "Blob", "BlobContainer", "BlobServiceProperties", "ManagementPolicy", "Queue", "RetentionPolicy",
    "RoleAssignment", "SystemTopicEventSubscription", "Table", "TaskHub",
    "WebAppFtpAllowed", "WebAppScmAllowed",
}  # fmt: skip
BUDGET_ALERTS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
CLOSED = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
# By its last part, what a type's name is within on Azure; an account's name is in all the world.
SCOPES = ("scope", "accountName", "resourceGroupName", "functionName")


def is_aws(graph) -> bool:
    return graph.config["cloud"] == "aws"


def refuses_plain_http(policy: str) -> bool:
    return any(
        each["Effect"] == "Deny"
        and each["Principal"] == "*"
        and each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for each in json.loads(policy)["Statement"]
    )


def test_it_exports_what_was_asked_for_under_the_same_names(graph):
    assert set(graph.outputs) == OUTPUTS
    assert None not in graph.outputs.values()
    for name in ("cloud", "orchestrator", "granularity", "architecture"):
        assert graph.outputs[name] == graph.config[name]


def test_eventbridge_takes_every_rule(graph):
    """PutRule refuses what its evaluator finds too complex, and patterns of over 2,048 characters."""
    for rule in graph.of("EventRule"):
        pattern = rule.inputs["eventPattern"]
        assert event_ruler.complexity(event_ruler.wildcards(json.loads(pattern))) <= event_ruler.MOST
        assert len(pattern) <= 2048
    assert graph.of("EventRule") or not is_aws(graph)


def test_what_runs_is_the_workflow_in_its_granularity(graph):
    workflow = pipeline_in(graph.config["granularity"])
    if is_aws(graph):
        machines = {
            each.inputs["type"].lower(): each
            for each in graph.of("StateMachine")
            if each.name != "twinlens-batch"
        }
        if graph.config["orchestrator"] == "durable":
            machine, durable = machines["standard"], graph.one("Function", "durable")
            assert graph.outputs["workflow"].endswith(f":{durable.name}:{LIVE}")
            assert (
                durable.inputs["environment"]["variables"]["TWINLENS_GRANULARITY"]
                == graph.config["granularity"]
            )
        else:
            machine = machines[graph.config["orchestrator"]]
            assert graph.outputs["workflow"].endswith(f":{machine.name}")
        invoked = permissions(json.loads(machine.inputs["definition"]))["lambda:InvokeFunction"]
        functions = [each.inputs for each in graph.of("Function")]
        steps = {
            each.inputs["environment"]["variables"].get("TWINLENS_STEP")
            for each in graph.of("Function")
            if any(arn.endswith(f":{each.name}:{LIVE}") for arn in invoked)
        }
        assert steps == {step.name for step in workflow.steps()}
        assert {tuple(each["architectures"]) for each in functions} == {(graph.config["architecture"],)}
        recovery = graph.one("Table").inputs["pointInTimeRecovery"]
        assert recovery == {"enabled": graph.config["pointInTimeRecovery"]}
    else:
        given = graph.one("WebApp").inputs["siteConfig"]["appSettings"]
        app = {each["name"]: each["value"] for each in given}
        assert app["TWINLENS_GRANULARITY"] == graph.config["granularity"]
        assert graph.outputs["workflow"] == workflow.name
        asked = graph.config["orchestrator"] == "scheduler"
        assert len(graph.of("Scheduler")) == len(graph.of("TaskHub")) == int(asked)


def test_nothing_is_public(graph):
    if is_aws(graph):
        blocks = {each.inputs["bucket"]: each.inputs for each in graph.of("BucketPublicAccessBlock")}
        assert set(blocks) == {each.name for each in graph.of("Bucket")}
        assert all(block[each] for block in blocks.values() for each in CLOSED)
        policies = [
            each for kind in ("BucketPolicy", "QueuePolicy", "TopicPolicy") for each in graph.of(kind)
        ]
        for policy in policies:
            for statement in json.loads(policy.inputs["policy"])["Statement"]:
                assert statement["Effect"] == "Deny" or statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    else:
        assert {each.inputs["allowBlobPublicAccess"] for each in graph.of("StorageAccount")} == {False}
        assert {each.inputs["publicAccess"] for each in graph.of("BlobContainer")} == {"None"}


def test_everything_is_reached_by_tls_alone(graph):
    if is_aws(graph):
        for kind, policy, named in (
            ("Bucket", "BucketPolicy", "bucket"),
            ("Queue", "QueuePolicy", "queueUrl"),
            ("Topic", "TopicPolicy", "arn"),
        ):
            closed = {
                each.inputs[named].split("/")[-1].split(":")[-1]
                for each in graph.of(policy)
                if refuses_plain_http(each.inputs["policy"])
            }
            assert closed == {each.name for each in graph.of(kind)}
    else:
        for account in graph.of("StorageAccount"):
            assert account.inputs["enableHttpsTrafficOnly"] is True
            assert account.inputs["minimumTlsVersion"] == "TLS1_2"
        app = graph.one("WebApp").inputs
        assert (app["httpsOnly"], app["siteConfig"]["minTlsVersion"]) == (True, "1.2")


def test_what_is_stored_is_encrypted(graph):
    """DynamoDB, SNS and all of Azure Storage are, without being asked; the others have to be."""
    if is_aws(graph) and "kmsKey" not in graph.config:
        ciphers = {
            each.inputs["bucket"]: each.inputs["rules"][0]["applyServerSideEncryptionByDefault"][
                "sseAlgorithm"
            ]
            for each in graph.of("BucketServerSideEncryptionConfiguration")
        }
        assert ciphers == {each.name: "AES256" for each in graph.of("Bucket")}
        assert all(each.inputs["sqsManagedSseEnabled"] for each in graph.of("Queue"))


def test_a_key_of_one_s_own_encrypts_all_that_is_kept(graph):
    key = graph.config.get("kmsKey", "")
    if not key:
        return
    if is_aws(graph):
        held = {
            "Queue": lambda each: each["kmsMasterKeyId"],
            "Topic": lambda each: each["kmsMasterKeyId"],
            "LogGroup": lambda each: each["kmsKeyId"],
            "Function": lambda each: each["kmsKeyArn"],
            "Table": lambda each: each["serverSideEncryption"]["kmsKeyArn"],
            "StateMachine": lambda each: each["encryptionConfiguration"]["kmsKeyId"],
            "BucketServerSideEncryptionConfiguration": lambda each: each["rules"][0][
                "applyServerSideEncryptionByDefault"
            ]["kmsMasterKeyId"],
        }
        for kind, of in held.items():
            assert graph.of(kind)
            assert {of(each.inputs) for each in graph.of(kind)} == {key}, kind
        assert not [each for each in graph.of("Queue") if each.inputs.get("sqsManagedSseEnabled")]
    else:
        for each in graph.of("StorageAccount"):
            encryption = each.inputs["encryption"]
            assert encryption["keySource"] == "Microsoft.Keyvault"
            assert encryption["keyVaultProperties"] == {
                "keyName": "own",
                "keyVaultUri": "https://v.vault.azure.net",
            }
            services = encryption["services"]
            assert {services[name]["keyType"] for name in ("blob", "queue", "table")} == {"Account"}
            assert each.inputs["identity"]["type"] == "UserAssigned"


def test_what_was_deleted_can_be_restored_as_long_as_was_asked(graph):
    days = graph.config.get("softDeleteDays", 0)
    if is_aws(graph):
        versioned = {each.inputs["bucket"]: each.inputs for each in graph.of("BucketVersioning")}
        assert set(versioned) == ({each.name for each in graph.of("Bucket")} if days else set())
        for each in graph.of("BucketLifecycleConfiguration"):
            kept = {
                rule["filter"]["prefix"]: rule["noncurrentVersionExpiration"]["noncurrentDays"]
                for rule in each.inputs["rules"]
                if "noncurrentVersionExpiration" in rule
            }
            own = {"work/": 1} if "output" in each.name else {}
            assert kept == ({"": days, **own} if days else {})
    else:
        kept = [each.inputs for each in graph.of("BlobServiceProperties")]
        policy = {"enabled": True, "days": days}
        assert [each["deleteRetentionPolicy"] for each in kept] == ([policy] if days else [])
        assert [each["containerDeleteRetentionPolicy"] for each in kept] == ([policy] if days else [])
        kinds = {each.name: each.inputs["sku"]["name"] for each in graph.of("StorageAccount")}
        redundancy = graph.config.get("photoRedundancy", "LRS")
        assert kinds.pop("twinlensphotos") == f"Standard_{redundancy}"
        assert set(kinds.values()) == {"Standard_LRS"}


def test_a_budget_tells_the_address_before_and_when_it_is_exceeded(graph):
    budgets = [each.inputs for each in graph.of("Budget")]
    assert len(budgets) == int("monthlyBudget" in graph.config)
    for budget in budgets:
        if is_aws(graph):
            told = [
                (each["notificationType"], each["threshold"], each["subscriberEmailAddresses"])
                for each in budget["notifications"]
            ]
            assert (budget["limitAmount"], budget["limitUnit"]) == ("100", "USD")
        else:
            told = [
                (each["thresholdType"].upper(), each["threshold"], each["contactEmails"])
                for each in budget["notifications"].values()
            ]
            assert budget["amount"] == 100
            assert budget["scope"].endswith("/resourceGroups/group")
            assert budget["timePeriod"]["startDate"].endswith("-01T00:00:00Z")
        assert sorted(told) == [(kind, percent, ["ops@example.com"]) for kind, percent in BUDGET_ALERTS]


def test_every_edge_keeps_what_it_could_not_deliver(graph):
    if is_aws(graph):
        targets = [each.inputs for each in graph.of("EventTarget")]
        assert len(targets) == len(graph.of("EventRule"))
        targets += [each.inputs["target"] for each in graph.of("Schedule")]
        dead = {each["deadLetterConfig"]["arn"].split(":")[-1] for each in targets}
        assert dead == {each.name for each in graph.of("Queue")}
    else:
        letters = graph.one("SystemTopicEventSubscription").inputs["deadLetterWithResourceIdentity"]
        containers = {each.inputs["containerName"] for each in graph.of("BlobContainer")}
        assert letters["deadLetterDestination"]["blobContainerName"] in containers
        queues = {each.inputs["queueName"] for each in graph.of("Queue")}
        assert {"uploads", "uploads-poison"} <= queues


def test_the_output_store_is_not_the_input_store(graph):
    assert graph.outputs["inputContainer"] != graph.outputs["outputContainer"]


def test_logs_are_kept_as_long_as_was_asked(graph):
    places = graph.of("LogGroup" if is_aws(graph) else "Workspace")
    assert places
    assert {each.inputs["retentionInDays"] for each in places} == {graph.config.get("logRetentionDays", 30)}


def test_every_resource_stands_under_a_component(graph):
    for each in graph.resources:
        parent, own = each.urn.split("::")[2].split("$")[-2:]
        assert parent.startswith("twinlens:") or own.endswith(":Pipeline"), each.urn


def test_no_output_was_turned_into_text(graph):
    inputs = json.dumps([each.inputs for each in graph.resources], default=vars)
    assert "Calling __str__ on an Output" not in inputs
    assert "pulumi.output.Output" not in inputs


def test_names_begin_with_the_pipeline_s(graph):
    assert not [each.name for each in graph.resources if not each.name.startswith("twinlens")]


def test_no_type_and_name_twice(graph):
    seen = [(each.type, each.name) for each in graph.resources]
    assert len(set(seen)) == len(seen)


def test_whatever_takes_tags_has_them(graph):
    for each in graph.resources:
        if each.custom and each.inputs.get("tags") != {"team": "photos"}:
            assert each.type.split(":")[-1] in UNTAGGABLE, each.urn


def test_a_stack_holds_no_secret(graph):
    """There is nothing to mark as one: no key and no signed address, and what could be one is computed."""
    held = json.dumps([each.inputs for each in graph.resources], default=str) + json.dumps(graph.outputs)
    assert rpc._special_secret_sig not in held
    assert not re.search(r"[?&]sig=|AccountKey=|SharedAccessKey=|aws_secret", held)


def test_pipelines_of_all_combinations_fit_into_one_stack(combinations, run):
    """Names are unique in the stack; those that the program itself gives, in what they are names in."""
    for cloud in ("aws", "azure"):
        same_names = {"cloud": cloud, "keepData": False, "pointInTimeRecovery": False}
        same_names["architecture"] = CLOUDS[cloud].architectures[0]  # no name has to do with it
        chosen = [each for each in combinations if same_names.items() <= each.items()]

        def program(chosen=chosen):
            for number, config in enumerate(chosen):
                settings = Settings.read(pulumi.Config("twinlens"))
                asked = {name: config[name] for name in ("orchestrator", "granularity", "architecture")}
                build(f"p{number}", replace(settings, **asked))

        graph = run({"cloud": cloud}, program)
        urns = [each.urn for each in graph.resources]
        assert len(set(urns)) == len(urns)
        given = [
            (each.type, *(str(each.inputs.get(scope)) for scope in SCOPES), name, value)
            for each in graph.resources
            for name, value in each.inputs.items()
            if each.custom and name in NAMED and isinstance(value, str)
        ]
        assert len(set(given)) == len(given)


# Inputs by which the program itself names a resource.
NAMED = {
    "name",
    "namePrefix",
    "blobName",
    "containerName",
    "queueName",
    "tableName",
    "resourceName",
    "roleAssignmentName",
}
