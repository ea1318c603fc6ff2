"""Photos wait for a person: decided by command, on the page, twice, told of twice, or by nobody."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

import pytest
import requests
from PIL import Image
from playwright.sync_api import sync_playwright

from core.job import job_id
from core.ledger import AWAITING
from core.review.decisions import NotDecided, decide

pytestmark = pytest.mark.e2e
SECONDS = 60  # for all decisions to be made on a slow machine
PHOTOS = ("approved", "refused", "contested", "forgotten", "<b>shown", "refused on the page")


@pytest.fixture
def animation():
    """An animation, which the recipe of these stacks flags."""
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.fixture
def stand(changing, running, connect_stand, name):
    outputs = changing.up(name, review="flagged", reviewSeconds=SECONDS)
    return connect_stand(name, running, outputs)


@pytest.fixture
def waiting(stand, animation, wait):
    """Jobs that wait, by what is to become of them, and the links to decide about them."""
    outputs, jobs = stand.deployment.outputs, {}
    for each in PHOTOS:
        key = f"incoming/{each}.gif"
        etag = stand.deployment.connection.upload(key, animation)
        jobs[each] = job_id(outputs["inputContainer"], key, etag, outputs["recipe"])

    def look():
        rows = [stand.deployment.row(job) for job in jobs.values()]
        return rows if all(row and row.state == AWAITING for row in rows) else None

    rows = dict(zip(jobs, wait(look, "photos that wait"), strict=True))

    def asked():
        links = {one["id"]: one["link"] for topic, one in stand.notifications() if topic == "review"}
        return links if links.keys() >= set(jobs.values()) else None

    links = wait(asked, "notifications that ask")
    return rows, {photo: links[job] for photo, job in jobs.items()}


def decide_on_the_page(chromium, links):
    """Approve one photo and refuse another in a browser; return what it shows before and after."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=str(chromium), args=flags)
        page = browser.new_page(viewport={"width": 390, "height": 800})
        errors = []
        page.on("console", lambda message: errors.append(message.text))

        page.goto(links["<b>shown"])
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


def test_photos_wait_for_a_person(stand, waiting, photo, chromium):
    waiting, links = waiting
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

    ends = {photo: stand.finished(row.id) for photo, row in waiting.items()}
    states = {photo: row.state for photo, row in ends.items()}
    assert states == {
        "approved": "succeeded",
        "refused": "refused",
        "contested": {"approved": "succeeded", "refused": "refused"}[decided],
        "forgotten": "expired",
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
