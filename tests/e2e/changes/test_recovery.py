"""A new stack finds lost jobs on schedule; it keeps its data, and is destroyed."""

import json
import urllib.request
from urllib.parse import quote

import boto3
import pytest
from emulated import clear, left_over

from core.job import Job, Source, job_id
from core.trace import now
from local import state
from local.environment import LocalStack
from local.providers.azure_native import identity

pytestmark = pytest.mark.e2e

KEPT = {
    LocalStack.AWS: {"aws:s3:Bucket", "aws:dynamodb:Table"},
    LocalStack.AZURE: {
        "azure-native:resources:ResourceGroup",
        "azure-native:storage:StorageAccount",
        "azure-native:storage:Table",
    },
}


def destroy_and_see_what_stays(running, changing, name, stand):
    """Destroy a stack that was to keep its data: it says so, and nothing but the data stays."""
    outputs, rows = stand.deployment.outputs, {row.id: row for row in stand.deployment.rows()}
    changing.destroy(name)
    told = (state.path().parent / "logs" / f"pulumi-{name}-destroy.log").read_text()
    retained = {line.split()[1] for line in told.splitlines() if "[retain]" in line}
    assert KEPT[name] <= retained
    gone = {line.split()[1] for line in told.splitlines() if " deleted " in line and "[retain]" not in line}
    assert gone & {"aws:lambda:Function", "azure-native:web:WebApp"}
    data = {outputs[each] for each in ("inputContainer", "outputContainer", "ledger")}
    if name == LocalStack.AZURE:
        data |= {outputs[each] for each in ("successTopic", "errorTopic", "deadLetters")} | {"uploads"}
    assert data == set(left_over(running, outputs))
    assert {row.id: row for row in stand.deployment.rows()} == rows != {}
    for row in rows.values():
        made = [stand.deployment.read_output(each["key"]) for each in row.document["artifacts"]]
        assert bool(made) == (row.state == "succeeded")  # tests before this one may have had photos rejected
    clear(running, outputs)


class DeafCloud:
    """A deployed stack that no longer hears of uploads, and whose ledger can be told of a lost execution."""

    def __init__(self, running, outputs):
        self._aws = outputs["cloud"] == "aws"
        self._host = running.azure
        self._outputs = outputs
        if self._aws:
            [rule] = [
                each["Name"]
                for each in boto3.client("events").list_rules()["Rules"]
                if each["Name"].startswith("twinlens-upload")
            ]
            boto3.client("events").disable_rule(Name=rule)
        else:
            [self._app] = [each["name"] for each in self._request("GET", "apps")["apps"]]
            [name] = self._request("GET", "subscriptions")["subscriptions"]
            self._request("DELETE", f"subscriptions/{quote(name, safe='')}")

    def lose(self, stand, job):
        """Have the ledger hold the job as claimed by an execution that is no more."""
        if not self._aws:
            assert stand.deployment.connection.ledger.claim(job)
            return
        row = {"id": job.id, "state": "claimed", "execution": job.execution, "open": job.id[0]}
        row |= dict.fromkeys(("claimed_at", "updated_at"), job.uploaded_at)
        row["document"] = json.dumps(job.to_document())
        item = {name: {"S": value} for name, value in row.items()}
        boto3.client("dynamodb").put_item(TableName=self._outputs["ledger"], Item=item)

    def look_for_uploads(self):
        """Do what is done daily."""
        if not self._aws:
            self._request("POST", f"apps/{self._app}/timers/find_unclaimed")
            return
        [function] = [
            each["FunctionName"]
            for each in boto3.client("lambda").list_functions()["Functions"]
            if each["FunctionName"].startswith("twinlens-reconciler")
        ]
        call = json.dumps({"find": "unclaimed"})
        answer = boto3.client("lambda").invoke(FunctionName=function, Payload=call)
        assert json.load(answer["Payload"]) == {"unclaimed: redriven": 1}

    def _request(self, method, path):
        url, key = f"{self._host.control}/{path}", self._host.authorization
        request = urllib.request.Request(url, headers=key, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def test_lost_jobs_are_found_on_schedule_and_destroy_keeps_the_data(
    running, changing, connect_stand, photo, name, monkeypatch
):
    """A lost execution is found within a minute, a lost event by the daily look."""
    changing.destroy(name)
    monkeypatch.setenv(identity.DELAY, "20")  # roles of a new stack don't work at once
    outputs = changing.up(name, reconcileMinutes=1, keepData=True)
    monkeypatch.delenv(identity.DELAY)
    stand = connect_stand(name, running, outputs)
    cloud = DeafCloud(running, outputs)
    jobs = {}
    for what in ("stuck", "unclaimed"):
        key = f"incoming/{what}.jpg"
        etag = stand.deployment.connection.upload(key, photo)
        identifier = job_id(outputs["inputContainer"], key, etag, outputs["recipe"])
        source = Source(outputs["inputContainer"], key, etag, len(photo))
        jobs[what] = Job(identifier, outputs["recipe"], source, "gone", now(), now())
    cloud.lose(stand, jobs["stuck"])

    assert stand.finished(jobs["stuck"].id).state == "succeeded"
    assert stand.deployment.row(jobs["unclaimed"].id) is None
    cloud.look_for_uploads()
    assert stand.finished(jobs["unclaimed"].id).state == "succeeded"
    for job in jobs.values():
        assert [topic for topic, _ in stand.notified(job.id)] == ["success"]
    destroy_and_see_what_stays(running, changing, name, stand)
