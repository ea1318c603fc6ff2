"""A key is what somebody else wrote: it names an upload, and does nothing else on its way."""

import json

import boto3
import pytest
from typer.testing import CliRunner

from cli.console import console
from cli.main import app
from core.job import job_id

pytestmark = pytest.mark.e2e

NAMES = {
    "markup": "<script>alert(1)</script>.jpg",
    "terminal": "\x1b[31mred\x1b[0m [bold]x[/bold].jpg",
    "expression": "{% $states.context.Execution.Id %} ${ledger} {{7*7}}.jpg",
    "query": "a'; DROP TABLE jobs;-- b.jpg",
    "encoded": "%2e%2e%2f..%2fetc%2fpasswd+a b&c=d#e.jpg",
    "lines": "two\r\nlines and a tab\tERROR forged line.jpg",
    "long": "ä" * 505 + "a.jpg",  # with its prefix 1,024 bytes, the most that a key has
}
SHOWN = NAMES | {
    "terminal": r"\x1b[31mred\x1b[0m [bold]x[/bold].jpg",
    "lines": r"two\x0d\x0alines and a tab\x09ERROR forged line.jpg",
}


def upload(stand, name, data):
    """Upload the photo under this name; return its job and its key."""
    outputs = stand.deployment.outputs
    key = stand.deployment.key(name)
    etag = stand.deployment.connection.upload(key, data)
    return job_id(outputs["inputContainer"], key, etag, outputs["recipe"]), key


@pytest.fixture(scope="module")
def uploaded():
    """The jobs and keys by stack and kind of name; filled when a stack is first used."""
    return {}


@pytest.fixture
def sent(stand, photo, uploaded):
    """A photo under every name, all under way at once: the job and the key of each."""
    name = stand.deployment.stack
    if name not in uploaded:
        uploaded[name] = {each: upload(stand, NAMES[each], photo) for each in NAMES}
    return uploaded[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_processed_like_any_other(stand, sent, name):
    job, key = sent[name]
    row = stand.finished(job)

    assert row.state == "succeeded", row.document["error"]
    assert row.document["source"]["key"] == key
    assert row.document["artifacts"]
    assert all(each["key"] == f"jobs/{job}/{each['name']}" for each in row.document["artifacts"])
    [(topic, message)] = stand.notified(job)
    assert (topic, message["source"]["key"]) == ("success", key)


@pytest.fixture
def run(monkeypatch):
    """Run a command of ``twinlens jobs`` in a terminal that wraps no line; return what it prints."""
    monkeypatch.setattr(console, "width", 5000)

    def invoke(*arguments):
        done = CliRunner().invoke(app, ["jobs", *arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    return invoke


def test_hostile_names_are_shown_as_they_are_and_alter_no_terminal(stand, sent, run):
    for job, _ in sent.values():
        stand.finished(job)
    stack = stand.deployment.stack
    lines = {line.split()[0]: line for line in run("list", "-s", stack).splitlines() if line.strip()}
    listed = {each["id"]: each["key"] for each in json.loads(run("list", "-s", stack, "--json"))}

    for name, (job, key) in sent.items():
        assert stand.deployment.key(SHOWN[name]) in lines[job]
        assert "\x1b" not in lines[job]
        assert listed[job] == key


@pytest.mark.parametrize("stand", ["aws-local"], indirect=True)
def test_hostile_names_are_reconciled_like_any_other(stand, photo, run):
    """On AWS; Azurite can't list control characters, which Azure tells percent-encoded."""
    lost = {name: upload(stand, f"lost {NAMES[name]}", photo) for name in ("terminal", "expression", "lines")}
    ledger = boto3.client("dynamodb")
    for job, _ in lost.values():
        stand.finished(job)
        ledger.delete_item(TableName=stand.deployment.outputs["ledger"], Key={"id": {"S": job}})
    look = ("reconcile", "-s", stand.deployment.stack, "--older-than", "0")

    would = {each["key"]: each for each in json.loads(run(*look, "--dry-run", "--json"))}
    lines = run(*look, "--dry-run").splitlines()
    assert {each["job"] for each in json.loads(run(*look, "--json"))} >= {job for job, _ in lost.values()}

    for name, (job, key) in lost.items():
        assert (would[key]["job"], would[key]["why"]) == (job, "unclaimed")
        [line] = [line for line in lines if job in line]
        assert f"lost {SHOWN[name]}" in line
        assert "\x1b" not in line
        assert stand.finished(job).document["source"]["key"] == key
