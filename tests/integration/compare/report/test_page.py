"""The page in a real browser."""

import random

import pytest
from playwright.sync_api import sync_playwright

from compare.folder import read
from compare.report import build, write

# Flags that keep the browser itself from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = '"><img src=x onerror="document.title=1"><script>document.title=2</script>.jpg'


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page_path(make_run, make_record, tmp_path):
    photos = ("a.jpg", "a long name with spaces, ünïcode and %20.webp", HOSTILE, "bad.jpg")

    def records(pace, granularity="stepwise"):
        noise = random.Random(pace)
        return [
            make_record(
                photo,
                at=20_000 * burst + 4000 * number,
                pace=pace * noise.uniform(0.8, 1.3),
                state="rejected" if photo == "bad.jpg" else "succeeded",
                burst=burst,
                cold=burst == 1,
                granularity=granularity,
            )
            for burst in range(1, 4)
            for number, photo in enumerate(photos)
        ]

    azure = {"region": "eastus2", "orchestrator": "storage", "memory_mb": 2048}
    folders = [
        read(make_run("aws-local", records(1.0))),
        read(make_run("aws-local", records(0.5, "fused"), granularity="fused", name="aws-fused")),
        read(make_run("azure-local", records(1.6), **azure)),
        read(
            make_run("azure-local", records(0.9, "fused"), **azure, granularity="fused", name="azure-fused")
        ),
    ]
    return write(build(folders), folders, tmp_path / "out")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_whole_quiet_and_inert(browser, page_path, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    told, asked = [], []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_path.as_uri())

    assert told == []
    assert [url for url in asked if not url.startswith("data:")] == [page_path.as_uri()]
    assert page.title() == "Twinlens: aws-local and azure-local: 4 runs"
    assert page.locator("h3", has_text="onerror").inner_text() == HOSTILE
    assert page.evaluate("[...document.images].length") == 2 * 3 + 1
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_bars_lie_where_their_times_are(browser, page_path):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(page_path.as_uri())
    boxes = page.evaluate(
        """[...document.querySelectorAll('.track')].map(track => [...track.querySelectorAll('.bar b')].map(
            name => [name.textContent, name.parentElement.getBoundingClientRect().toJSON()]))"""
    )
    first = dict(boxes[0])
    assert first["validate"]["right"] <= first["resize"]["left"]
    assert first["optimize"]["left"] >= first["apply_filters"]["right"]
    assert first["apply_filters"]["top"] > first["resize"]["top"]
    page.close()


def test_stacked_bars_fill_their_length(browser, page_path):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(page_path.as_uri())
    gaps = page.evaluate(
        """[...document.querySelectorAll('.stack')].map(stack => stack.getBoundingClientRect().right
            - stack.lastElementChild.getBoundingClientRect().right)"""
    )
    assert len(gaps) == 4 * 4
    assert all(abs(gap) < 1 for gap in gaps)
    page.close()


def test_print_shows_everything_on_paper_colours(browser, page_path):
    page = browser.new_page(color_scheme="dark")
    page.goto(page_path.as_uri())
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 38)"
    assert page.locator("table").last.is_visible()
    assert page.pdf().startswith(b"%PDF")
    page.close()
