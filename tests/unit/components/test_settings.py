import json
import re
from dataclasses import fields
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import set_all_config

from components.front_door_settings import Domain, SignIn
from components.settings import RECIPES, Settings
from components.step_settings import StepSettings
from core.workflow.granularity import FUSED, STEPWISE, pipeline_in


def read(others: dict[str, str] | None = None, secret: str = "", **values: Any) -> Settings:
    """Read these settings of a stack, besides the config of others, as Pulumi hands it to the program."""
    own = {
        f"twinlens:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in values.items()
    }
    set_all_config({**own, **(others or {})}, [f"twinlens:{secret}"] if secret else [])
    return Settings.read(pulumi.Config("twinlens"))


@pytest.fixture(autouse=True)
def no_config():
    yield
    set_all_config({})


def test_defaults_on_aws():
    settings = read(cloud="aws")
    assert (settings.orchestrator, settings.granularity, settings.architecture) == (
        "standard",
        "stepwise",
        "arm64",
    )
    assert (settings.memory_mb, settings.timeout_seconds, settings.log_retention_days) == (1024, 30, 30)
    assert (settings.recipe, settings.input_prefix, settings.notify_email, settings.tags) == (
        "gallery",
        "incoming/",
        "",
        {},
    )


def test_defaults_on_azure():
    settings = read(cloud="azure")
    assert (settings.orchestrator, settings.architecture, settings.memory_mb) == ("storage", "x86_64", 2048)


def test_what_the_project_file_gives_by_default_means_the_defaults_of_the_cloud():
    assert read(cloud="azure", orchestrator="", architecture="", memoryMb=0) == read(cloud="azure")


def test_given_values():
    settings = read(
        cloud="aws",
        architecture="x86_64",
        memoryMb=1536,
        timeoutSeconds=60,
        maxBytes=1000,
        maxPixels=2000,
        inputPrefix="a/b.c/",
        notifyEmail="ops@example.com",
        logRetentionDays=7,
        tags={"team": "photos"},
    )
    assert (settings.architecture, settings.memory_mb, settings.timeout_seconds) == ("x86_64", 1536, 60)
    assert (settings.max_bytes, settings.max_pixels, settings.input_prefix) == (1000, 2000, "a/b.c/")
    assert (settings.notify_email, settings.log_retention_days) == ("ops@example.com", 7)
    assert settings.tags == {"team": "photos"}


def test_an_empty_prefix_takes_all():
    assert read(cloud="aws", inputPrefix="").input_prefix == ""


def test_a_stack_must_name_its_cloud():
    with pytest.raises(pulumi.RunError, match=r"twinlens:cloud is ''; allowed: one of aws, azure"):
        read()


def test_all_mistakes_are_reported_at_once_with_value_and_what_is_allowed():
    with pytest.raises(pulumi.RunError) as told:
        read(
            cloud="gcp",
            orchestrator="argo",
            granularity="coarse",
            architecture="mips",
            memoryMb=64,
            timeoutSeconds="soon",
            recipe="nothing",
            maxBytes=-1,
            maxPixels=10**10,
            inputPrefix="no-slash",
            notifyEmail="nobody",
            logLevel="debug",
            logRetentionDays=2,
            maxConcurrency=1001,
            pointInTimeRecovery="maybe",
            keepData="yes",
            permissionsBoundary="bound",
            rolePath="team",
            resourceGroup="ends with a dot.",
            noSharedKeys="maybe",
            kmsKey="mine",
            photoRedundancy="RAID",
            softDeleteDays=-1,
            monthlyBudget="much",
            frontDoor="ajar",
            pageOrigin="https://example.com/",
            signIn={"issuer": "https://login.example.com"},
            tags={"team": 5},
        )
    lines = str(told.value).splitlines()
    names = sorted(path.stem for path in RECIPES.glob("*.toml"))
    recipes = f"one of {', '.join(names)}" if len(names) > 1 else names[0]
    assert lines[1:] == [
        "- twinlens:cloud is 'gcp'; allowed: one of aws, azure",
        "- twinlens:orchestrator is 'argo'; allowed: one of standard, express, durable",
        "- twinlens:granularity is 'coarse'; allowed: one of stepwise, fused",
        "- twinlens:architecture is 'mips'; allowed: one of arm64, x86_64",
        "- twinlens:memoryMb is '64'; allowed: a whole number from 256 to 10240",
        "- twinlens:timeoutSeconds is 'soon'; allowed: a whole number from 1 to 240",
        "- twinlens:noSharedKeys is 'maybe'; allowed: false",
        "- twinlens:frontDoor is 'ajar'; allowed: false or true",
        "- twinlens:pageOrigin is 'https://example.com/'; allowed: an origin, such as https://example.com",
        "- twinlens:signIn is {'issuer': 'https://login.example.com'}; allowed: only with frontDoor true",
        "- twinlens:signIn is {'issuer': 'https://login.example.com'}; allowed: issuer and audience, "
        "the issuer an https address",
        f"- twinlens:recipe is 'nothing'; allowed: {recipes}",
        "- twinlens:maxBytes is '-1'; allowed: a whole number from 1 to 1073741824",
        "- twinlens:maxPixels is '10000000000'; allowed: a whole number from 1 to 1000000000",
        "- twinlens:inputPrefix is 'no-slash'; allowed: folders, each followed by a slash",
        "- twinlens:notifyEmail is 'nobody'; allowed: an e-mail address, or empty",
        "- twinlens:logLevel is 'debug'; allowed: one of error, all, none",
        "- twinlens:logRetentionDays is '2'; allowed: a whole number out of 1, 3, 5, 7, 14, 30, 60, 90, 120, "
        "150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
        "- twinlens:maxConcurrency is '1001'; allowed: a whole number from 0 to 1000",
        "- twinlens:pointInTimeRecovery is 'maybe'; allowed: false or true",
        "- twinlens:keepData is 'yes'; allowed: false or true",
        "- twinlens:permissionsBoundary is 'bound'; allowed: the ARN of an IAM policy, or empty",
        "- twinlens:rolePath is 'team'; allowed: a path that begins and ends in a slash",
        "- twinlens:resourceGroup is 'ends with a dot.'; allowed: the name of a resource group, or empty",
        "- twinlens:kmsKey is 'mine'; allowed: a key",
        "- twinlens:photoRedundancy is 'RAID'; allowed: none",
        "- twinlens:softDeleteDays is '-1'; allowed: a whole number from 0 to 3650",
        "- twinlens:monthlyBudget is 'much'; allowed: a whole number from 0 to 1000000",
        "- twinlens:tags is {'team': 5}; allowed: a map of strings to strings",
    ]


@pytest.mark.parametrize("memory", [512, 1024, 8192])
def test_azure_has_its_own_memory_sizes(memory):
    with pytest.raises(
        pulumi.RunError, match="which is for aws; allowed on azure: a whole number out of 2048"
    ):
        read(cloud="azure", memoryMb=memory)


def test_azure_has_one_processor():
    with pytest.raises(pulumi.RunError, match="'arm64', which is for aws; allowed on azure: x86_64"):
        read(cloud="azure", architecture="arm64")


def test_a_table_on_azure_cannot_be_set_back():
    with pytest.raises(pulumi.RunError, match="'true', which is for aws; allowed on azure: false"):
        read(cloud="azure", pointInTimeRecovery=True)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("twinlens:granulrity", "did you mean twinlens:granularity?"),
        ("twinlens:memorymb", "did you mean twinlens:memoryMb?"),
        ("twinlens:keep-data", "did you mean twinlens:keepData?"),
        ("twinlens:zzz", "README.md lists all settings"),
        ("twinlens:config:zzz", ""),
        ("twinlens2:granularity", "did you mean twinlens:granularity?"),
        ("Twinlens:cloud", "did you mean twinlens:cloud?"),
    ],
)
def test_a_name_that_nothing_reads_is_a_mistake(key, said):
    with pytest.raises(pulumi.RunError, match=rf"- {key} is not a setting.*{re.escape(said)}"):
        read(cloud="aws", others={key: "fused"})


def test_names_and_values_are_reported_together():
    with pytest.raises(pulumi.RunError) as told:
        read(cloud="azure", orchestrator="express", memoryMb=1, others={"twinlens:recipy": "gallery"})
    assert str(told.value).splitlines()[1:] == [
        "- twinlens:orchestrator is 'express', which is for aws; allowed on azure: one of storage, scheduler",
        "- twinlens:memoryMb is '1'; allowed: a whole number out of 2048, 4096",
        "- twinlens:recipy is not a setting; did you mean twinlens:recipe?",
    ]


def test_a_budget_needs_an_address():
    assert read(cloud="aws", monthlyBudget=5, notifyEmail="me@example.org").monthly_budget == 5
    with pytest.raises(pulumi.RunError, match="monthlyBudget is '5'; allowed: only with notifyEmail"):
        read(cloud="azure", monthlyBudget=5)


def test_each_cloud_has_its_own_keys_and_redundancy():
    vault = "/subscriptions/0/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/keys/k"
    assert read(cloud="azure", kmsKey=vault, photoRedundancy="GZRS").kms_key == vault
    with pytest.raises(pulumi.RunError, match=r"kmsKey is .*; allowed: the ARN of a KMS key, or empty"):
        read(cloud="aws", kmsKey=vault)
    with pytest.raises(
        pulumi.RunError, match="photoRedundancy is 'ZRS', which is for azure; allowed on aws: none"
    ):
        read(cloud="aws", photoRedundancy="ZRS")


def test_a_setting_of_the_other_cloud_is_called_that():
    with pytest.raises(pulumi.RunError, match="rolePath is a setting of aws; this stack's cloud is azure"):
        read(cloud="azure", rolePath="/team/")


def test_a_step_may_have_its_own_memory_and_time():
    settings = read(cloud="aws", steps={"resize": {"memoryMb": "2048"}, "optimize": {"timeoutSeconds": 60}})
    assert [settings.of_step(each) for each in ("validate", "resize", "optimize")] == [
        StepSettings(1024, 30),
        StepSettings(2048, 30),
        StepSettings(1024, 60),
    ]


FUNCTIONS, FUSED_FUNCTIONS = (
    ", ".join(sorted(step.name for step in pipeline_in(each).steps())) for each in (STEPWISE, FUSED)
)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ({"reszie": {}}, f"steps is 'reszie'; allowed: {FUNCTIONS}; did you mean resize?"),
        ({"process": {}}, f"allowed: {FUNCTIONS}; process has no function of its own when stepwise"),
        ({"resize": 5}, "steps.resize is 5; allowed: a map with memoryMb and timeoutSeconds"),
        ({"resize": {"memoryMb": 64}}, "steps.resize.memoryMb is 64; allowed: a whole number from 256"),
        ({"resize": {"timeoutSeconds": "x"}}, "steps.resize.timeoutSeconds is 'x'; allowed: a whole number"),
        (
            {"resize": {"memorymb": 1}},
            "is 'memorymb'; allowed: memoryMb and timeoutSeconds; did you mean memoryMb?",
        ),
        ("much", "steps is 'much'; allowed: a map from steps to their memoryMb and timeoutSeconds"),
    ],
)
def test_mistakes_in_the_settings_of_a_step(steps, said):
    with pytest.raises(pulumi.RunError, match=re.escape(said)):
        read(cloud="aws", steps=steps)


def test_the_one_function_of_a_fused_stack_is_a_step_too():
    assert read(cloud="aws", granularity="fused", steps={"process": {"memoryMb": 3008}}).steps
    said = f"allowed: {FUSED_FUNCTIONS}; resize has no function of its own when fused"
    with pytest.raises(pulumi.RunError, match=said):
        read(cloud="aws", granularity="fused", steps={"resize": {"memoryMb": 3008}})


def test_steps_have_no_settings_of_their_own_on_azure():
    with pytest.raises(pulumi.RunError, match="nothing but on aws: on azure, all steps run in the same app"):
        read(cloud="azure", steps={"resize": {"memoryMb": 4096}})


def test_the_config_of_providers_is_theirs():
    others = {"aws:region": "us-east-1", "azure-native:location": "eastus2", "pulumi:disable": "x"}
    assert read(cloud="aws", others=others).cloud == "aws"


def test_no_message_shows_a_secret():
    with pytest.raises(pulumi.RunError, match="notifyEmail is a secret value; allowed: an e-mail") as told:
        read(cloud="aws", secret="notifyEmail", notifyEmail="hunter2")
    assert "hunter2" not in str(told.value)


def test_tags_that_are_no_map_at_all():
    with pytest.raises(pulumi.RunError, match="tags is 'red'; allowed: a map"):
        read(cloud="aws", tags="red")


def test_every_setting_is_described_in_the_project_file():
    described = yaml.safe_load((RECIPES.parent / "Pulumi.yaml").read_text())["config"]
    snake = {"".join(f"_{c.lower()}" if c.isupper() else c for c in key) for key in described}
    assert snake == {field.name for field in fields(Settings)}
    assert all(each["description"] for each in described.values())
    assert "default" not in described["cloud"]
    # Pulumi would stop at the first value of a wrong type.
    assert not [name for name, each in described.items() if "type" in each]


@pytest.mark.parametrize(("stack", "allowed"), [("aws-local", False), ("production", True)])
def test_faults_are_for_test_stacks_or_by_permission(monkeypatch, stack, allowed):
    monkeypatch.setattr(pulumi, "get_stack", lambda: stack)
    assert read(cloud="aws", chaos="seed=1 error=0.2", allowChaos=allowed).chaos == "seed=1 error=0.2"


def test_faults_anywhere_else_are_refused(monkeypatch):
    monkeypatch.setattr(pulumi, "get_stack", lambda: "production")
    with pytest.raises(pulumi.RunError, match="only in stacks whose name ends in -local, or with allowChaos"):
        read(cloud="aws", chaos="error=0.2")


def test_a_profile_that_makes_no_sense_is_refused(monkeypatch):
    monkeypatch.setattr(pulumi, "get_stack", lambda: "aws-local")
    with pytest.raises(pulumi.RunError, match="no 'storms'"):
        read(cloud="aws", chaos="storms=1")


@pytest.mark.parametrize("minutes", [7, 45, 60, -1])
def test_minutes_that_do_not_divide_an_hour_are_refused(minutes):
    with pytest.raises(pulumi.RunError, match=f"reconcileMinutes is '{minutes}'"):
        read(cloud="azure", reconcileMinutes=minutes)


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_the_reconciler_is_on_unless_it_is_turned_off(cloud):
    assert read(cloud=cloud).reconcile_minutes == 30
    assert read(cloud=cloud, reconcileMinutes=0).reconcile_minutes == 0


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_nobody_is_asked_unless_review_says_so(cloud):
    assert (read(cloud=cloud).review, read(cloud=cloud).review_seconds) == ("none", 0)
    assert read(cloud=cloud, reviewSeconds=60).review_seconds == 0
    assert read(cloud=cloud, review="flagged").review_seconds == 86_400
    assert read(cloud=cloud, review="always", reviewSeconds=60).review_seconds == 60


@pytest.mark.parametrize("review", ["flagged", "always"])
def test_one_orchestrator_cannot_wait_for_a_person(review):
    assert read(cloud="aws", orchestrator="express").review == "none"
    with pytest.raises(pulumi.RunError, match="none with orchestrator express: it ends after five minutes"):
        read(cloud="aws", orchestrator="express", review=review)
    assert read(cloud="aws", orchestrator="durable", review=review).review == review


def test_a_wait_has_limits():
    with pytest.raises(pulumi.RunError, match=r"reviewSeconds is '432001'; allowed: .* from 10 to 432000"):
        read(cloud="azure", review="always", reviewSeconds=432_001)
    with pytest.raises(pulumi.RunError, match=r"review is 'all'; allowed: one of none, flagged, always"):
        read(cloud="azure", review="all")


def test_the_front_door_accepts_the_tokens_of_one_issuer():
    named = {"issuer": "https://login.example.com/tenant", "audience": "photos"}
    settings = read(cloud="aws", frontDoor=True, signIn=named)
    assert (settings.front_door, settings.sign_in) == (True, SignIn(**named))
    assert read(cloud="aws", frontDoor=True).sign_in is None


def test_a_page_is_not_written_where_accounts_take_no_keys():
    wanted = "false with noSharedKeys: the page is written with an account's key"
    with pytest.raises(pulumi.RunError, match=wanted):
        read(cloud="azure", frontDoor=True, noSharedKeys=True)
    assert not read(cloud="azure", frontDoor=True, noSharedKeys=True, cdn=False).cdn
    assert read(cloud="azure", noSharedKeys=True).no_shared_keys


@pytest.mark.parametrize("cloud", ["aws", "azure"])
@pytest.mark.parametrize("without", [{}, {"frontDoor": True, "cdn": False}])
def test_a_firewall_stands_before_a_cdn_only(cloud, without):
    with pytest.raises(
        pulumi.RunError, match="waf is 'true'; allowed: only with frontDoor true and cdn true"
    ):
        read(cloud=cloud, waf=True, **without)
    assert read(cloud=cloud, frontDoor=True, waf=True).waf
    assert not read(cloud=cloud, frontDoor=True).waf


AZURE_ZONE = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Network/dnsZones/example.com"


@pytest.mark.parametrize(
    ("cloud", "domain"),
    [
        ("aws", "https://photos.example.com"),
        ("aws", "Photos.example.com"),
        ("aws", "localhost"),
        ("aws", {"name": "photos.example.com", "zone": "example.com"}),
        ("aws", {"name": "photos.example.com", "ttl": 5}),
        ("aws", {"zone": "Z123"}),
        ("azure", {"name": "photos.example.org", "zone": AZURE_ZONE}),
        ("azure", {"name": "photos.badexample.com", "zone": AZURE_ZONE}),
        ("azure", {"name": "photos.example.com", "zone": "Z123"}),
    ],
)
def test_a_domain_is_a_name_or_a_name_in_a_zone(cloud, domain):
    with pytest.raises(pulumi.RunError, match="allowed: a name in lower case, or name and zone"):
        read(cloud=cloud, frontDoor=True, domain=domain)


def test_a_domain_leads_to_a_cdn_that_dns_reaches(monkeypatch):
    assert read(cloud="aws", frontDoor=True, domain="").domain is None
    assert read(cloud="aws", frontDoor=True, domain="photos.example.com").domain == Domain(
        "photos.example.com"
    )
    named = {"name": "example.com", "zone": AZURE_ZONE}
    assert read(cloud="azure", frontDoor=True, domain=named).domain == Domain(**named)
    with pytest.raises(pulumi.RunError, match="only with frontDoor true and cdn true: it is the CDN's"):
        read(cloud="aws", domain="photos.example.com")
    monkeypatch.setattr(pulumi, "get_stack", lambda: "aws-local")
    with pytest.raises(pulumi.RunError, match="none in a local stack"):
        read(cloud="aws", frontDoor=True, domain="photos.example.com")
