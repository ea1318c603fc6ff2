"""One function app, two Durable SDKs: the stable one is deployed, the local host runs the next one.

What the orchestrations do under each is compared in ``test_workflow``; here is what gives that its meaning:
each run really used its SDK, and both found the same functions.
"""

import re
import tomllib
from pathlib import Path

import pytest
import scripted
from outcome import AGAIN

CHECKOUT = Path(__file__).parents[2]
BUILT_IN = "BuiltIn__"  # 2.x brings functions of its own, for durable HTTP calls


def locked(group):
    text = (CHECKOUT / "locks" / f"{group}.txt").read_text()
    return re.search(r"^azure-functions-durable==(\S+)", text, re.MULTILINE)[1]


@pytest.mark.parametrize(("run", "group"), [("stable_run", "azure-functions"), ("next_run", "azure-host")])
def test_each_run_used_the_version_that_is_locked(request, run, group):
    assert request.getfixturevalue(run)[2]["version"] == locked(group)


def test_the_archive_carries_a_stable_release():
    groups = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["dependency-groups"]

    assert "azure-functions-durable>=1.7,<2" in groups["azure-functions"]
    assert re.fullmatch(r"1(\.\d+)+", locked("azure-functions"))


def test_both_find_the_same_functions(stable_run, next_run):
    found = {
        name: trigger for name, trigger in next_run[2]["functions"].items() if not name.startswith(BUILT_IN)
    }

    assert found == stable_run[2]["functions"]
    assert set(found.values()) == {"httpTrigger", "queueTrigger", "orchestrationTrigger", "activityTrigger"}


def test_both_agree_in_everything_that_happens(stable_run, next_run):
    assert stable_run[0] == next_run[0]
    assert stable_run[1] == next_run[1]


def test_both_give_an_orchestration_its_message_s_id(stable_run, next_run):
    stable, following = ([end["instance"] for end in run[2]["ends"]] for run in (stable_run, next_run))

    assert stable == following
    assert len(set(stable)) == len(stable)
    first, again = stable[0], stable[-1]
    assert first.split("-")[0] == again.split("-")[0] == stable_run[0][AGAIN].row["id"]


@pytest.mark.parametrize("run", ["stable_run", "next_run"])
def test_an_orchestration_that_is_held_up_fails_its_job_and_says_so(request, run):
    outcomes, calls, _ = request.getfixturevalue(run)
    [scenario] = scripted.LATE
    outcome = outcomes[scenario]

    assert outcome.end == "JobFailed: The ledger has the reason."
    assert (outcome.row["state"], outcome.row["document"]["state"]) == ("failed", "failed")
    assert outcome.row["document"]["error"]["name"] == "WorkflowTimedOut"
    [(topic, message)] = outcome.notifications
    assert (topic, message["error"]["name"]) == ("error", "WorkflowTimedOut")
    assert calls[scripted.key(scenario)]["optimize"] == 1
