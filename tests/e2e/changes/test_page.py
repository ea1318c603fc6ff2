"""The page in a browser, before a whole stack: every photo ends in a sentence, and as one right row."""

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import expect
from usual import ORIGIN

from bench.front_doors import origins
from web.files import CONFIG, INDEX, config, content_type, files, security_headers

pytestmark = pytest.mark.e2e
DONE = re.compile(r"Done in \d+\.\d s\.")
DUPLICATE = "This is the same photo as sea.jpg, which is on this page already."
BROKEN = "The JPEG file is cut off: its end is missing."
SIZE = 60_000_000
LARGE = f"The file has {SIZE:,} bytes; at most 52,428,800 are accepted."
MOST = 120_000  # milliseconds for what a stack does on a slow machine
BURST = 50


def photo(shade):
    file = BytesIO()
    Image.linear_gradient("L").resize((64, 48 + shade)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def page(browser, usual):
    """The open page, under the origin that the stack lets in, without a server."""
    headers = security_headers(origins(usual, "emulator"))
    texts = {path: each.read_text() for path, each in files().items()}
    texts[CONFIG] = config({usual["cloud"]: usual["apiUrl"]})

    def answer(route):
        path = urlsplit(route.request.url).path.strip("/") or INDEX
        route.fulfill(body=texts[path], content_type=content_type(path), headers=headers)

    # To the browser a page that no server sent is one of the Internet, which needs leave to reach loopback.
    context = browser.new_context(permissions=["local-network-access"])
    context.route(f"{ORIGIN}/**", answer)
    opened = context.new_page()
    opened.goto(ORIGIN)
    opened.wait_for_load_state("networkidle")
    yield opened
    context.close()


@pytest.fixture
def rows(usual, running, connect_stand, name):
    """Return the ledger's rows that are not those of earlier tests."""
    ledger = connect_stand(name, running, usual).deployment
    before = {row.id for row in ledger.rows()}
    return lambda: [row for row in ledger.rows() if row.id not in before]


def choose(page, **photos):
    kind = "image/jpeg"
    given = [{"name": f"{name}.jpg", "mimeType": kind, "buffer": data} for name, data in photos.items()]
    page.set_input_files("#choose", given)


def state(page, name):
    return page.get_by_role("article", name=f"{name}.jpg", exact=True).locator(".state")


def test_every_photo_ends_in_a_sentence_and_as_one_row(page, rows, tmp_path):
    choose(page, sea=photo(0), broken=photo(1)[:200])
    with (tmp_path / "large.jpg").open("wb") as large:
        large.truncate(SIZE)
    page.set_input_files("#choose", tmp_path / "large.jpg")
    page.set_input_files("#choose", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"text"})
    expect(state(page, "sea")).to_have_text(DONE, timeout=MOST)
    choose(page, again=photo(0))
    expect(state(page, "again")).to_have_text(DUPLICATE, timeout=MOST)
    expect(state(page, "broken")).to_have_text(BROKEN, timeout=MOST)
    expect(state(page, "large")).to_have_text(LARGE, timeout=30_000)
    expect(page.get_by_text("The name ends in no suffix of a photo")).to_be_visible()
    sea = page.get_by_role("article", name="sea.jpg", exact=True)
    expect(sea.locator("figcaption")).to_have_text(["Before", "After"])
    after = sea.locator("img").last
    expect(after).to_have_js_property("complete", True)
    assert after.evaluate("(image) => image.naturalWidth") > 0
    assert sorted(row.state for row in rows()) == ["rejected", "succeeded"]


def test_an_expired_link_and_a_lost_connection_end_well(page, rows):
    refused = []

    def expire(route):
        """Let the store see the first upload as one whose signature is not valid any more."""
        if route.request.method == "PUT" and not refused:
            refused.append(route.request.url)
            route.continue_(url=re.sub("(X-Amz-Signature|sig)=[^&]*", r"\1=0", route.request.url))
        else:
            route.fallback()

    page.context.route("**/*", expire)
    choose(page, late=photo(2))
    again = page.get_by_role("button", name="Try again")
    again.click(timeout=MOST)
    expect(state(page, "late")).to_have_text(DONE, timeout=MOST)

    page.context.set_offline(True)
    choose(page, cut=photo(3))
    expect(state(page, "cut")).to_have_text("The connection is lost. Trying again.", timeout=MOST)
    page.context.set_offline(False)
    expect(state(page, "cut")).to_have_text(DONE, timeout=MOST)
    assert [row.state for row in rows()] == ["succeeded", "succeeded"]


def test_fifty_photos_at_once(page, rows):
    choose(page, **{f"photo {at}": photo(10 + at) for at in range(BURST)})
    expect(page.locator("#summary")).to_have_text(f"{BURST} of {BURST} done.", timeout=4 * MOST)
    assert [row.state for row in rows()] == ["succeeded"] * BURST
