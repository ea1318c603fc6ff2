"""Photos wait for a person: decided by command, on the page, twice, told of twice, late, or by nobody."""

import re
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from emulated import kill
from PIL import Image
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner
from usual import STACKS
from written import leaks, written

from cli.main import app
from core.job import job_id
from core.ledger import AWAITING
from core.review.decisions import NotDecided, decide
from local import emulators, state

pytestmark = pytest.mark.e2e
PHOTOS = ("approved", "refused", "contested", "forgotten", "hurried", "<b>shown", "refused on the page")
SERIOUS = ("serious", "critical")


@pytest.fixture
def animation():
    """An animation, which the recipe of these stacks flags, unlike that of any test before."""
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], comment=secrets.token_bytes(8).hex())
    return file.getvalue()


@pytest.fixture
def stand(usual, running, connect_stand, name):
    return connect_stand(name, running, usual)


@pytest.fixture
def send(stand, animation, wait):
    """Upload photos that wait; return their rows and the links to decide about them, by name."""

    def upload(*names):
        outputs, jobs = stand.deployment.outputs, {}
        for each in names:
            key = f"incoming/{each}.gif"
            etag = stand.deployment.connection.upload(key, animation)
            jobs[each] = job_id(outputs["inputContainer"], key, etag, outputs["recipe"])
        links = wait(lambda: links_to(stand, set(jobs.values())), "notifications that ask")
        rows = wait(lambda: waiting_in(stand, jobs.values()), "photos that wait")
        return dict(zip(jobs, rows, strict=True)), {name: links[job] for name, job in jobs.items()}

    return upload


def links_to(stand, jobs):
    """Return the newest link to each of the jobs, once there is one to all."""
    links = {one["id"]: one["link"] for topic, one in stand.notifications() if topic == "review"}
    return links if links.keys() >= jobs else None


def waiting_in(stand, jobs):
    """Return the rows of the jobs, once all wait; on AWS with what wakes them."""
    rows = [stand.deployment.row(job) for job in jobs]
    token = stand.deployment.outputs["cloud"] == "aws"
    return rows if all(row and row.state == AWAITING and bool(row.token) == token for row in rows) else None


def decide_on_the_page(chromium, links):
    """Approve one photo and refuse another in a browser; return what it shows before and after."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=str(chromium), args=flags)
        page = browser.new_page(viewport={"width": 390, "height": 800})
        errors = []
        page.on("console", lambda message: errors.append(message.text))

        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.goto(links["<b>shown"])
            broken = Axe().run(page).response["violations"]
            assert [each["id"] for each in broken if each["impact"] in SERIOUS] == []
        shown = page.inner_text("main")
        assert page.evaluate("document.images[0].naturalWidth") == 64
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Approve").click()
        approved = page.inner_text("main")
        assert "key=" not in page.url

        page.goto(links["refused on the page"])
        page.get_by_label(re.compile("Reason")).fill("It shows a <face>.")
        page.get_by_role("button", name="Refuse").click()
        refused = page.inner_text("main")
        browser.close()
    assert errors == []
    return shown, approved, refused


@pytest.mark.parametrize(("name", "orchestrator"), STACKS)
def test_photos_wait_for_a_person(stand, send, photo, chromium):
    waiting, links = send(*PHOTOS)
    plain = stand.deployment.connection.upload("incoming/plain.jpg", photo)
    connection = stand.deployment.connection

    def say(photo, decision, reason=""):
        job, moment = waiting[photo].id, datetime.now(UTC)
        try:
            return decide(connection.ledger, connection.wake, job, decision, reason, moment).decision
        except NotDecided as error:
            return str(error)

    link = links["forgotten"]
    assert requests.get(link, timeout=60).status_code == 200  # a mail scanner decides nothing
    forged = [
        link[:-1] + ("a" if link[-1] != "a" else "b"),
        link.replace("key=", "other="),
        link.partition("?")[0],
    ]
    assert [requests.get(each, timeout=60).status_code for each in forged] == [404, 404, 404]
    shown, approved, refused = decide_on_the_page(chromium, links)
    assert "<b>shown.gif" in shown
    assert "it is an animation" in shown
    assert "The photo is approved. Its job goes on." in approved
    assert "The photo is refused. Its job ends without outputs." in refused
    again = requests.get(links["<b>shown"], timeout=60)
    assert (again.status_code, "was decided before: it is approved" in again.text) == (410, True)

    row = waiting["contested"]
    stand.deliveries.deliver(row.document["source"]["key"], row.document["source"]["etag"], 1, times=2)
    assert say("approved", "approved") == "approved"
    assert say("refused", "refused", "It is blurred.") == "refused"
    with ThreadPoolExecutor() as people:
        said = list(people.map(lambda decision: say("contested", decision), ["approved", "refused"]))
    [decided] = [each for each in said if each in ("approved", "refused")]
    [told] = [each for each in said if each != decided]
    assert told == f"The job {row.id} was decided before: it is {decided}."
    assert f"is {decided}" in say("contested", "refused")

    deadline = datetime.fromisoformat(waiting["hurried"].document["review"]["deadline"])
    time.sleep(max(0, (deadline - datetime.now(UTC)).total_seconds() - 0.5))
    hurried = say("hurried", "approved")
    ends = {photo: stand.finished(row.id) for photo, row in waiting.items()}
    states = {photo: row.state for photo, row in ends.items()}
    assert states == {
        "approved": "succeeded",
        "refused": "refused",
        "contested": {"approved": "succeeded", "refused": "refused"}[decided],
        "forgotten": "expired",
        "hurried": "succeeded" if hurried == "approved" else "expired",
        "<b>shown": "succeeded",
        "refused on the page": "refused",
    }
    outputs = stand.deployment.outputs
    unflagged = job_id(outputs["inputContainer"], "incoming/plain.jpg", plain, outputs["recipe"])
    ended = stand.finished(unflagged)
    assert (ended.state, ended.document.get("review")) == ("succeeded", None)
    assert requests.get(link, timeout=60).status_code == 410
    assert "too late" in say("forgotten", "approved") or "expired" in say("forgotten", "approved")
    assert ends["approved"].document["flags"] == ["animated"]
    review = ends["refused"].document["review"]
    assert (review["decision"], review["reason"]) == ("refused", "It is blurred.")
    assert ends["refused on the page"].document["review"]["reason"] == "It shows a <face>."
    forgotten = ends["forgotten"].document["review"]
    assert forgotten["ended_at"] >= forgotten["deadline"]
    for photo, row in ends.items():
        topics = [topic for topic, _ in stand.notified(row.id)]
        assert topics.count("review") == 1, (photo, topics)
        artifacts = row.document["artifacts"]
        assert bool(artifacts) == (row.state == "succeeded")
        assert all(stand.deployment.read_output(each["key"]) for each in artifacts)

    told = written(stand, [row.id for row in waiting.values()])
    assert waiting["approved"].id.encode() in told["list"]
    keys = [link.partition("key=")[2] for link in links.values()]
    assert leaks(told, [*keys, *(row.token for row in waiting.values() if row.token)]) == []


def test_a_photo_that_waited_when_its_emulator_was_killed_waits_anew(stand, send, wait):
    """Neither local stack keeps an execution that waits. The ledger and its link outlive it."""
    rows, links = send("interrupted")
    [job], [link] = [row.id for row in rows.values()], links.values()
    aws = stand.deployment.outputs["cloud"] == "aws"
    if aws:
        wait(lambda: written_down(rows["interrupted"]) or None, "MiniStack to keep the row")
    kill("ministack" if aws else "azure-host")
    emulators.up()

    assert stand.deployment.row(job).state == AWAITING
    assert requests.get(link, timeout=60).status_code == 200

    def restarted():
        done = CliRunner().invoke(
            app, ["jobs", "reconcile", "-s", stand.deployment.stack, "--older-than", "0"]
        )
        assert done.exit_code == 0, done.output
        newest = (links_to(stand, {job}) or {}).get(job)
        return newest if newest != link and waiting_in(stand, [job]) else None

    anew = wait(restarted, "the question once more, after the deadline of the first")
    assert requests.get(link, timeout=60).status_code == 404
    form = dict(each.split("=") for each in anew.partition("?")[2].split("&")) | {"decision": "approved"}
    assert requests.post(anew.partition("?")[0], form, timeout=60).status_code == 200
    assert stand.finished(job).state == "succeeded"
    assert [topic for topic, _ in stand.notified(job)].count("success") == 1


def written_down(row):
    kept = (state.path().parent / "ministack/state/dynamodb.json").read_text()
    return row.link_hash in kept and row.token in kept
