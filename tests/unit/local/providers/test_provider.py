import pytest

from local.errors import LocalError
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.provider import Ask, StandIn
from local.providers.resource import ProviderError, Resource
from local.providers.wire import UNKNOWN


class Queue(Resource):
    """A queue that is only remembered."""

    kind = "aws:sqs/queue:Queue"
    auto_name = AutoName(max_length=80)
    replace_on = frozenset({"name"})

    def __init__(self):
        self.there = {}
        self.settings = {}

    def configure(self, settings):
        self.settings = settings

    def check(self, inputs):
        if inputs["name"].startswith("aws"):
            yield Fault("name", "aws is taken.")

    def create(self, inputs):
        self.there[inputs["name"]] = inputs
        return inputs["name"], {"url": f"http://{inputs['name']}", "arn": "arn"}

    def update(self, identity, state, inputs):
        self.there[identity] = inputs
        return {}

    def delete(self, identity, state):
        self.there.pop(identity, None)

    def exists(self, identity, state):
        return identity in self.there


class Topic(Queue):
    """A resource whose service adds to an input."""

    kind = "azure-native:eventgrid:SystemTopic"
    auto_name = None
    completes = frozenset({"identity"})


QUEUE = Ask(Queue.kind, "dead", b"seed")


@pytest.fixture
def queue():
    return Queue()


@pytest.fixture
def provider(queue):
    return StandIn("pulumi_aws", [queue], {"aws:index/getRegion:getRegion": lambda arguments: {"name": "r"}})


def test_check_names_the_resource_and_keeps_its_name(provider):
    inputs, wrong = provider.check(QUEUE, {}, {"delaySeconds": 1})
    assert wrong == []
    assert inputs["name"].startswith("dead-")
    again, _ = provider.check(Ask(Queue.kind, "dead", b"another seed"), inputs, {"delaySeconds": 2})
    assert again["name"] == inputs["name"]
    given, _ = provider.check(QUEUE, inputs, {"name": "mine"})
    assert given["name"] == "mine"


def test_check_tells_of_the_sdks_types_before_the_resources_own_rules(provider):
    assert [fault.path for fault in provider.check(QUEUE, {}, {"name": "aws", "delay": 1})[1]] == ["delay"]
    assert [fault.path for fault in provider.check(QUEUE, {}, {"name": "aws"})[1]] == ["name"]


def test_rules_across_properties_wait_until_all_values_are_known(provider):
    assert provider.check(QUEUE, {}, {"name": "aws", "policy": UNKNOWN})[1] == []
    assert provider.check(QUEUE, {}, {"name": "aws", "policy": UNKNOWN, "delay": 1})[1] != []


def test_type_that_is_not_served_is_named(provider):
    with pytest.raises(
        ProviderError, match=r"aws:sqs/queuePolicy:QueuePolicy.*did you mean 'aws:sqs/queue:Queue'"
    ):
        provider.check(Ask("aws:sqs/queuePolicy:QueuePolicy", "p"), {}, {})


def test_type_that_the_sdk_does_not_have_is_named(provider):
    with pytest.raises(ProviderError, match="pulumi_aws has no resource type aws:sqs/queue:Kew"):
        provider.check(Ask("aws:sqs/queue:Kew", "p"), {}, {})


def test_function_that_is_not_served_is_named(provider):
    assert provider.invoke("aws:index/getRegion:getRegion", {}) == {"name": "r"}
    with pytest.raises(LocalError, match="does not serve the function aws:index/getRegions:getRegions"):
        provider.invoke("aws:index/getRegions:getRegions", {})


def test_preview_of_a_new_resource_makes_nothing_and_leaves_its_outputs_open(provider, queue):
    identity, outputs = provider.create(QUEUE, {"name": "dead-1"}, preview=True)
    assert identity == ""
    assert outputs["arn"] == outputs["url"] == UNKNOWN
    assert outputs["name"] == "dead-1"
    assert queue.there == {}


def test_preview_leaves_open_what_the_service_adds_to():
    provider = StandIn("pulumi_azure_native", [Topic()], {})
    ask, inputs = Ask(Topic.kind, "t"), {"identity": {"type": "SystemAssigned"}, "source": "s"}
    assert provider.create(ask, inputs, preview=True)[1]["identity"] == UNKNOWN
    assert "identity" not in provider.create(ask, {"source": "s"}, preview=True)[1]
    state = {**inputs, "identity": {"type": "SystemAssigned", "principalId": "p"}}
    assert provider.update(ask, "t", state, inputs, preview=True)["identity"]["principalId"] == "p"


def test_outputs_are_inputs_computed_values_and_empty_ones(provider):
    _, outputs = provider.create(QUEUE, {"name": "dead-1", "delaySeconds": 5}, preview=False)
    assert outputs["url"] == "http://dead-1"
    assert outputs["delaySeconds"] == 5
    assert outputs["tagsAll"] == {}
    assert None not in outputs.values()


@pytest.mark.parametrize("preview", [True, False])
def test_update_keeps_what_was_computed(provider, queue, preview):
    identity, state = provider.create(QUEUE, {"name": "dead-1", "delaySeconds": 5}, preview=False)
    outputs = provider.update(QUEUE, identity, state, {"name": "dead-1"}, preview=preview)
    assert outputs["url"] == "http://dead-1"
    assert outputs["arn"] == "arn"
    assert ("delaySeconds" in queue.there["dead-1"]) == preview


def test_the_rest_of_a_resources_life(provider):
    identity, state = provider.create(QUEUE, {"name": "dead-1"}, preview=False)
    assert provider.exists(QUEUE, identity, state)
    assert [change.replaces for change in provider.diff(QUEUE, {"name": "dead-1"}, {"name": "dead-2"})] == [
        True
    ]
    provider.delete(QUEUE, identity, state)
    provider.delete(QUEUE, identity, state)
    assert not provider.exists(QUEUE, identity, state)


def test_settings_reach_the_resources(provider, queue):
    provider.configure({"region": "eu-west-1"})
    assert queue.settings == {"region": "eu-west-1"}
