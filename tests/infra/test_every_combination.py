"""What holds for the graph under every combination of settings that change its shape."""

import itertools
import json

import pytest

from core.workflow.granularity import GRANULARITIES, pipeline_in

ORCHESTRATORS = {"aws": ("standard", "express"), "azure": ("storage", "scheduler")}
PLAIN = {"keepData": False, "notifyEmail": "", "inputPrefix": ""}
ALL = {"keepData": True, "notifyEmail": "ops@example.com", "maxConcurrency": 50, "tags": {"team": "photos"}}
COMBINATIONS = [
    {"cloud": cloud, "orchestrator": orchestrator, "granularity": granularity} | extras
    for cloud, orchestrators in ORCHESTRATORS.items()
    for orchestrator, granularity, extras in itertools.product(orchestrators, GRANULARITIES, (PLAIN, ALL))
]


@pytest.fixture(scope="module", params=COMBINATIONS, ids=lambda config: "-".join(map(str, config.values())))
def deployment(request, archive, run_all):
    return request.param, run_all(request.param)


def test_every_combination_makes_a_whole_pipeline(deployment):
    config, graph = deployment
    assert None not in graph.outputs.values()
    for name in ("cloud", "orchestrator", "granularity"):
        assert graph.outputs[name] == config[name]
    seen = [(each.type, each.name) for each in graph.resources]
    assert len(set(seen)) == len(seen)
    inputs = json.dumps([each.inputs for each in graph.resources], default=vars)
    assert "Calling __str__ on an Output" not in inputs


def test_what_runs_is_the_workflow_in_its_granularity(deployment):
    config, graph = deployment
    steps = {step.name for step in pipeline_in(config["granularity"]).steps()}
    if config["cloud"] == "aws":
        machine = graph.one("StateMachine").inputs
        assert machine["type"] == config["orchestrator"].upper()
        assert {
            each.inputs["environment"]["variables"]["TWINLENS_STEP"] for each in graph.of("Function")
        } == steps
        assert len(graph.of("Function")) == len(steps)
    else:
        app = {
            each["name"]: each["value"] for each in graph.one("WebApp").inputs["siteConfig"]["appSettings"]
        }
        assert app["TWINLENS_GRANULARITY"] == config["granularity"]
        assert graph.outputs["workflow"] == pipeline_in(config["granularity"]).name


def test_every_edge_keeps_what_it_could_not_deliver(deployment):
    config, graph = deployment
    if config["cloud"] == "aws":
        assert all(each.inputs["deadLetterConfig"]["arn"] for each in graph.of("EventTarget"))
        assert len(graph.of("EventTarget")) == (2 if config["orchestrator"] == "standard" else 1)
    else:
        assert "deadLetterWithResourceIdentity" in graph.one("SystemTopicEventSubscription").inputs


def test_only_a_scheduler_that_was_asked_for_is_made(deployment):
    config, graph = deployment
    asked = config["orchestrator"] == "scheduler"
    assert len(graph.of("Scheduler")) == len(graph.of("TaskHub")) == int(asked)
