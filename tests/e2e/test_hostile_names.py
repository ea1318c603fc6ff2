"""A key is what somebody else wrote: it names an upload, and does nothing else on its way."""

import json

import pytest
from typer.testing import CliRunner

from cli.main import app
from core.job import job_id
from local import state

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


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_hostile_name_is_processed_like_any_other(stand, photo, name):
    deployment = stand.deployment
    key = deployment.key(name)
    etag = deployment.cloud.upload(key, photo)
    job = job_id(deployment.outputs["inputContainer"], key, etag, deployment.outputs["recipe"])

    row = stand.finished(job)

    assert row.state == "succeeded", row.document["error"]
    assert row.document["source"]["key"] == key
    assert row.document["artifacts"]
    assert all(each["key"] == f"jobs/{job}/{each['name']}" for each in row.document["artifacts"])
    [(topic, message)] = stand.notified(job)
    assert (topic, message["source"]["key"]) == ("success", key)


def test_hostile_names_are_shown_as_they_are_and_alter_no_terminal(stands):
    for name in stands:
        listed = CliRunner().invoke(app, ["jobs", "list", "-s", name])
        assert listed.exit_code == 0
        assert "\x1b[31m" not in listed.stdout
        rows = json.loads(CliRunner().invoke(app, ["jobs", "list", "-s", name, "--json"]).stdout)
        assert all(each["state"] for each in rows)


def test_a_name_of_two_lines_forges_no_line_in_any_log(stand, photo):
    key = stand.deployment.key(NAMES["lines"])
    etag = stand.deployment.cloud.upload(key, photo[:40] + b"broken")  # an error's message names the photo
    outputs = stand.deployment.outputs
    row = stand.finished(job_id(outputs["inputContainer"], key, etag, outputs["recipe"]))
    assert row.state == "rejected"
    logs = [path.read_text(errors="replace") for path in (state.path().parent / "logs").glob("*.log")]
    assert logs
    assert not [line for log in logs for line in log.splitlines() if line.startswith("lines and a tab")]


def test_hostile_names_are_reconciled_like_any_other(stands):
    """On AWS; Azurite can't list control characters, which Azure tells percent-encoded."""
    for name in stands.keys() - {"azure-local"}:
        looked = CliRunner().invoke(app, ["jobs", "reconcile", "-s", name, "--dry-run", "--older-than", "0"])
        assert looked.exit_code == 0, looked.output
        assert "\x1b[31m" not in looked.stdout
