"""The page in a real browser."""

import random
import re

import pytest
from run_records import record, write_run

from compare.cost.bills import month_bills
from compare.cost.verdict import QUESTIONS
from compare.folder import read
from compare.metering import Stack
from compare.metering.month import Month
from compare.metering.planned import Photos
from compare.prices.reading import load
from compare.report import build, write
from compare.report.answers import answers
from compare.report.costs import candidates, priced
from compare.report.measured import measure
from core.recipes import load as load_recipe
from core.workflow.document import from_document

HOSTILE = '"><img src=x onerror="document.title=1"><script>document.title=2</script>.jpg'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The report of four runs of every pair of cloud and granularity, with its page."""
    out = tmp_path_factory.mktemp("report")
    photos = ("a.jpg", "a long name with spaces, ünïcode and %20.webp", HOSTILE, "bad.jpg")

    def records(pace, granularity="stepwise"):
        noise = random.Random(pace)
        return [
            record(
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

    door = {"front_door": True, "cdn": True, "waf": True}  # fees that no photo changes
    azure = {"region": "eastus2", "orchestrator": "storage", "memory_mb": 2048, **door}
    folders = [
        read(write_run(out, "aws-local", records(1.0), **door)),
        read(
            write_run(out, "aws-local", records(0.5, "fused"), **door, granularity="fused", name="aws-fused")
        ),
        read(write_run(out, "azure-local", records(1.6), **azure)),
        read(
            write_run(
                out, "azure-local", records(0.9, "fused"), **azure, granularity="fused", name="azure-fused"
            )
        ),
    ]
    report = build(folders)
    return report, write(report, folders, out / "out"), folders


@pytest.fixture
def page_path(made):
    return made[1]


@pytest.fixture
def opened(browser, page_path):
    """Open the page: with scripts or without, at a width and in a colour scheme."""
    contexts = []

    def open_page(width=1280, scheme="light", scripts=True, path=page_path):
        view = {"width": width, "height": 900}
        context = browser.new_context(viewport=view, color_scheme=scheme, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.told, page.asked = [], []
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        if scripts:
            page.evaluate("drawAll()")
        return page

    yield open_page
    for context in contexts:
        context.close()


def answers_on(page):
    return {
        name: page.locator(f"#answer-{name} dd span").first.inner_text()
        for name in QUESTIONS
        if page.locator(f"#answer-{name}").is_visible()
    }


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_whole_quiet_and_inert(opened, page_path, width, scheme):
    page = opened(width, scheme)
    assert page.told == []
    assert [url for url in page.asked if not url.startswith("data:")] == [page_path.as_uri()]
    assert page.title() == "Twinlens: aws-local and azure-local: 4 runs"
    assert page.locator("h3", has_text="onerror").inner_text() == HOSTILE
    assert page.evaluate("[...document.images].length") == 2 * 3 + 1
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink = page.evaluate("getComputedStyle(document.querySelector('.drawing text')).fill")
    assert ink == {"light": "rgb(91, 100, 114)", "dark": "rgb(163, 172, 186)"}[scheme]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_everyday_questions_are_answered_first(opened, made, width, scripts):
    report, *_ = made
    page = opened(width, scripts=scripts)
    assert answers_on(page) == {each.name: each.answer for each in report.answers}
    for name in QUESTIONS:
        place = page.locator(f"#answer-{name}").bounding_box()
        assert place["y"] + place["height"] < (844 if width < 1000 else 900), name
    row = page.locator("tr", has=page.get_by_role("cell", name="50,000", exact=True)).first
    assert "aws-local fused" in row.inner_text()
    assert page.locator(".drawing svg").count() == (7 if scripts else 0)
    assert page.locator(".picture svg").first.is_visible() == (not scripts)


@pytest.mark.parametrize(
    "images", [0, 1, 999, 50_000, *(round(10 ** random.Random(n).uniform(1, 8)) for n in range(8))]
)
def test_the_slider_s_bill_is_that_of_the_model(opened, made, images):
    report, *_ = made
    page = opened()
    page.get_by_label("exactly").fill(str(images))
    book = load()
    priced_runs = [
        priced(measure(folder, run.label), book) for folder, run in zip(made[2], report.runs, strict=True)
    ]
    for free in (True, False):
        page.get_by_label("free tiers").set_checked(free)
        shown = page.evaluate(
            "([images, free]) => data.model.usages.map(usage => bills.bill(usage, images, "
            "{ images, size: 'measured', regions: {}, free }))",
            [images, free],
        )
        for run, found in zip(priced_runs, shown, strict=True):
            real = run.bills(images, free_tier=free)
            for bound in ("low", "expected", "high"):
                assert found[bound] == pytest.approx(float(getattr(real, bound)), rel=0.0006, abs=0.01)
    page.get_by_label("free tiers").check()
    real = {
        each.name: each.answer
        for each in answers(candidates(priced_runs), images, report.runs, report.comparisons)
    }
    said = answers_on(page)
    assert said["cheapest"].split(":")[0] == real["cheapest"].split(":")[0]
    assert figures(said["cheapest"]) == pytest.approx(figures(real["cheapest"]), rel=0.0006, abs=0.02)
    assert figures(said["places"]) == pytest.approx(figures(real["places"]), rel=0.1)
    assert figures(said["fused"]) == pytest.approx(figures(real["fused"]), rel=0.01, abs=1.01)
    assert said["fastest"] == real["fastest"]
    assert page.told == []


def figures(text):
    return [float(each.replace(",", "")) for each in re.findall(r"[\d,]*\d(?:\.\d+)?", text)]


def test_size_and_region_reprice_as_estimate_does(opened, made):
    report, *_ = made
    page = opened()
    before = answers_on(page)["cheapest"]
    table = page.locator(".volumes tbody").inner_text()
    page.get_by_label("of size").select_option("2")
    page.get_by_label("of size").select_option("measured")
    again = page.locator(".volumes tbody").inner_text()
    assert figures(again) == pytest.approx(figures(table), rel=0.0006, abs=0.01)
    assert re.findall("[a-z-]+", again) == re.findall("[a-z-]+", table)
    page.get_by_label("of size").select_option("12")
    page.get_by_label("Azure in").select_option("westeurope")
    stack = report.runs[0].run
    month = Month.planned(Stack.of(stack), from_document(stack.workflow), load_recipe("gallery"), Photos())
    real = month_bills(month, 100_000, load(), ["us-east-1"])
    cell = page.locator("[data-month='aws-local stepwise']").inner_text()
    assert figures(cell) == pytest.approx(
        [float(each) for each in (real.expected, real.low, real.high)], abs=0.03
    )
    assert answers_on(page)["cheapest"] != before
    assert page.locator(".volumes tbody").inner_text() != table


def test_runs_can_be_hidden_sorted_and_pointed_at(opened):
    page = opened()
    drawn = "#chart-distribution .mark-line path"
    assert page.locator(drawn).count() == 4
    page.get_by_label("Show azure-local fused").uncheck()
    page.wait_for_function(f"document.querySelectorAll('{drawn}').length === 3")
    assert "azure-local stepwise" in answers_on(page)["cheapest"]
    page.get_by_label("Show azure-local fused").check()
    page.wait_for_function(f"document.querySelectorAll('{drawn}').length === 4")
    page.locator("#runs th", has_text="median").click()
    first = page.locator("#runs tbody tr").first.inner_text()
    assert first.strip().startswith("aws-local fused")
    page.evaluate("drawAll()")
    page.locator("#chart-volumes svg").hover()
    page.wait_for_selector("#vg-tooltip-element.visible")
    hover = page.locator("#vg-tooltip-element").inner_text()
    assert all(name in hover for name in ("aws-local stepwise", "azure-local fused", "$"))
    page.locator("button[data-scale=volumes]").click()
    page.wait_for_function("document.querySelector('[data-scale=volumes]').ariaPressed === 'false'")
    assert page.told == []


def test_all_of_a_line_is_visible_with_its_source(opened):
    page = opened()
    page.locator("summary", has_text="Every line of aws-local stepwise").click()
    table = page.locator(".lines table").first
    assert table.evaluate("table => table.getBoundingClientRect().right") <= 1280
    assert "AWS bulk price list" in table.inner_text()
    assert table.evaluate(
        "table => [...table.querySelectorAll('td')].every(cell => cell.scrollWidth <= cell.clientWidth + 1)"
    )


def test_what_a_phone_cuts_off_has_a_hint(opened):
    page = opened(390)
    wide = page.locator(".scroll").first
    assert wide.evaluate("each => getComputedStyle(each).overflowX") == "auto"
    assert "radial-gradient" in wide.evaluate("each => getComputedStyle(each).backgroundImage")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_answer_opens_at_a_touch_on_a_phone(opened, scripts):
    page = opened(390, scripts=scripts)
    whole = "each => each.scrollHeight <= each.clientHeight + 1"
    answer = page.locator("#answer-cheapest dd")
    assert not answer.evaluate(whole)
    page.get_by_label("Whole answer: Which is cheaper?").check(force=True)
    assert answer.evaluate(whole)


def test_bars_lie_where_their_times_are(opened):
    page = opened()
    boxes = page.evaluate(
        """[...document.querySelectorAll('.track')].map(track => [...track.querySelectorAll('.bar b')].map(
            name => [name.textContent, name.parentElement.getBoundingClientRect().toJSON()]))"""
    )
    first = dict(boxes[0])
    assert first["validate"]["right"] <= first["resize"]["left"]
    assert first["optimize"]["left"] >= first["apply_filters"]["right"]
    assert first["apply_filters"]["top"] > first["resize"]["top"]


@pytest.mark.parametrize("scripts", [True, False])
def test_print_is_short_and_has_the_answers_and_pictures(opened, made, scripts):
    page = opened(scheme="dark", scripts=scripts)
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 38)" if scripts else True
    assert answers_on(page) == {each.name: each.answer for each in made[0].answers}
    assert page.locator(".picture svg").first.is_visible()
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) < 10
