"""Emulators that are killed: they go on with what they kept, and a command of the user's does the rest."""

import io
import json
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from emulated import kill
from PIL import Image
from typer.testing import CliRunner
from usual import STACKS

from cli.main import app
from core.job import job_id
from core.ledger import OPEN
from local import emulators, state
from local.environment import LocalStack
from local.errors import NotRunning

pytestmark = pytest.mark.e2e

UPLOADS = 6
ITEMS = 24  # of a batch, one after the other, so that it is under way for a while
AZURITE_FILES = 5  # of blobs, messages, the bytes of each, and tables
ANY_PHOTO = str(Path(__file__).parents[3] / "samples" / "trail.webp")


def photo(shade):
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 60)).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def stand(usual, running, connect_stand, name, wait):
    """Each stack in turn, on emulators that may be killed."""
    made = connect_stand(name, running, usual)
    if name == LocalStack.AWS:
        queues = [url.rsplit("/", 1)[-1] for url in made.deliveries.queues.values()]
        wait(lambda: written_down(queues) or None, "MiniStack to keep the queues by which the test listens")
    return made


def written_down(queues):
    files = [state.path().parent / "ministack/state" / name for name in ("sqs.json", "sns.json")]
    texts = [file.read_text() if file.exists() else "" for file in files]
    return all(queue in text for queue in queues for text in texts)


@pytest.fixture
def send(stand):
    """Upload so many photos and return their jobs."""

    def upload(count, name):
        jobs, mine = [], secrets.token_hex(3)  # another test made pictures of these bytes
        for number in range(count):
            key = stand.deployment.key(f"killed/{name}-{mine}-{number}.jpg")
            etag = stand.deployment.connection.upload(key, photo(number * 20))
            jobs.append(job_id(stand.deployment.outputs["inputContainer"], key, etag, "gallery"))
        return jobs

    return upload


def reconcile(stand):
    done = CliRunner().invoke(
        app, ["jobs", "reconcile", "-s", stand.deployment.stack, "--older-than", "0", "--json"]
    )
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def check_ends(stand, jobs):
    for job in jobs:
        row = stand.finished(job)
        assert row.state == "succeeded"
        assert row.document["artifacts"]
        for artifact in row.document["artifacts"]:
            assert len(stand.deployment.read_output(artifact["key"])) == artifact["size"]
        told = {(each["id"], each["state"]) for _, each in stand.notified(job)}
        assert told == {(job, "succeeded")}


@pytest.mark.parametrize(("name", "orchestrator"), STACKS)
def test_jobs_that_were_under_way_are_sent_on(stand, send, wait):
    """Nothing that was uploaded is lost with the process that worked on it."""
    mine = {"aws": "ministack", "azure": "azure-host"}[stand.deployment.outputs["cloud"]]
    jobs = send(UPLOADS, "under-way")
    kill(mine)
    assert not emulators.status()[mine]
    for command in (["jobs", "list"], ["submit", ANY_PHOTO]):
        refused = CliRunner().invoke(app, [*command, "-s", stand.deployment.stack])
        assert isinstance(refused.exception, NotRunning)
        assert "has ended: " in str(refused.exception)
        assert "`twinlens local up` restarts it with its data" in str(refused.exception)

    emulators.up()

    wait(lambda: all(emulators.status().values()) or None, "all emulators to answer")
    reconcile(stand)
    check_ends(stand, jobs)
    check_ends(stand, send(1, "afterwards"))
    assert reconcile(stand) == []


@pytest.mark.parametrize("name", [LocalStack.AZURE])
def test_a_store_that_was_killed_has_what_it_had(stand, send, wait):
    """Azurite writes down every few seconds what it holds. MiniStack, store and workflow in one, is above."""
    jobs = send(2, "kept")
    check_ends(stand, jobs)
    began = time.time()
    check_ends(stand, send(1, "that-all-is-written-once-more"))
    wait(lambda: written_since(began) or None, "Azurite to write down what it holds")

    kill("azurite")
    emulators.up()

    wait(lambda: all(emulators.status().values()) or None, "all emulators to answer")
    check_ends(stand, jobs)
    check_ends(stand, send(1, "later"))


def written_since(began):
    """Tell of each of Azurite's files: what was there before is in it, whenever it was written since."""
    files = list((state.path().parent / "azurite").glob("__azurite_db_*.json"))
    return len(files) == AZURITE_FILES and all(file.stat().st_mtime > began for file in files)


@pytest.fixture
def batch(stand):
    """Run ``twinlens batch`` with these arguments; return what it says."""

    def run(*arguments):
        done = CliRunner().invoke(app, ["batch", *arguments, "-s", stand.deployment.stack, "--json"])
        assert done.stdout, done.output
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize(
    ("name", "victim"),
    [(LocalStack.AWS, "ministack"), (LocalStack.AZURE, "azure-host"), (LocalStack.AZURE, "azurite")],
)
def test_a_batch_that_was_under_way_is_finished_by_a_redrive(stand, batch, wait, victim):
    """No item is lost, and none is processed again that had ended."""
    prefix = f"archive/{victim}/"
    for number in range(ITEMS):
        stand.deployment.connection.upload(f"{prefix}{number:02}.jpg", photo(number))
    made = batch("--prefix", prefix, "--concurrency", "1", "--tolerate", "100%")["id"]
    wait(lambda: (kept(victim, made) and pictures(stand, prefix)) or None, "the first items to end")

    kill(victim)
    killed, written = datetime.now(UTC), blobs_on_disk()
    emulators.up()

    if victim == "azurite":  # the workflow goes on
        wait(lambda: stand.deployment.row(made).state not in OPEN or None, "the batch to end")
    before = batch("show", made)
    assert sum(before["counts"].values()) == ITEMS
    ended = pictures(stand, prefix)
    if before["without_picture"]:
        again = batch("redrive", made, "--older-than", "0", "--wait")
        assert again["counts"] == {"succeeded": len(before["without_picture"])}
    assert stand.deployment.row(made).state not in OPEN
    rows = pictures(stand, prefix)
    assert len(rows) == ITEMS
    assert {key: rows[key] for key in ended} == ended
    for row in rows.values():
        # Azurite writes down rows and blobs by turns: of what ended just before, there may be the row alone.
        before = victim == "azurite" and datetime.fromisoformat(row.updated_at) < killed
        for artifact in row.document["artifacts"]:
            if not before or artifact["key"] in written:
                assert len(stand.deployment.read_output(artifact["key"])) == artifact["size"]


def blobs_on_disk():
    """Return what Azurite has written down about its blobs; empty if it has none."""
    file = state.path().parent / "azurite" / "__azurite_db_blob__.json"
    return file.read_text() if file.exists() else ""


def kept(victim, job):
    """Tell whether the store has written down that there is this batch."""
    if victim == "azure-host":
        return True
    pattern = (
        "ministack/state/dynamodb.json" if victim == "ministack" else "azurite/__azurite_db_table__.json"
    )
    [file] = state.path().parent.glob(pattern)
    return job in file.read_text()


def pictures(stand, prefix):
    """Return the rows of the photos that have pictures, by key."""
    rows = (each for each in stand.deployment.rows() if each.key.startswith(prefix))
    return {each.key: each for each in rows if each.state == "succeeded"}
