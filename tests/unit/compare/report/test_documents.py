"""HTML, Markdown, JSON and the terminal say the same."""

import json
import re
from html import unescape
from pathlib import Path

import jsonschema
import msgspec
import pytest

from compare.folder import read
from compare.report import Report, build, cost_tables, html, markdown, schema, to_json, write
from compare.report.forecast import Forecast, Predicted, notes
from compare.report.rows import rows
from compare.report.words import saved, why

HOSTILE = "<script>document.title = 'owned'</script>|`[x](y)*.jpg"


@pytest.fixture
def folders(make_run, make_record):
    photos = ("a.jpg", HOSTILE, "bad.jpg", "lost.jpg")
    states = ("succeeded", "succeeded", "rejected", "lost")

    def records(pace, granularity="stepwise"):
        return [
            make_record(photo, at=number * 4000, pace=pace, state=state, granularity=granularity)
            for number, (photo, state) in enumerate(zip(photos, states, strict=True))
        ]

    return [
        read(make_run("aws-local", records(1))),
        read(make_run("aws-local", records(0.4, "fused"), granularity="fused", name="fused")),
        read(make_run("azure-local", records(1.7), region="eastus2", orchestrator="storage")),
    ]


def predicted(cloud, orchestrator, bill, p95, extrapolated=()):
    settings = {"twinlens:cloud": cloud, "twinlens:orchestrator": orchestrator}
    return Predicted(
        variant=f"{cloud} {orchestrator}",
        settings=settings,
        month={"low": bill - 1, "expected": bill, "high": bill + 1},
        p95_s={"value": p95, "low": p95 / 2, "high": p95 * 2},
        failures=0.0,
        wins=0.25,
        keeps_objective=1.0,
        frontier=False,
        extrapolated=tuple(extrapolated),
    )


@pytest.fixture
def forecast():
    variants = (
        predicted("aws", "express", 15.5, 1.83, ["nobody knows"]),
        predicted("azure", "storage", 30.0, 5.0),
    )
    summary = ("aws express is the cheapest.", "Most of the difference is in functions.")
    return Forecast("50,000 photos", 50_000, 5.0, 16, variants[0].settings, summary, variants)


@pytest.fixture
def report(folders, forecast):
    return build(folders, forecast=forecast)


def words(text):
    return " ".join(text.split())


def page_text(page):
    return words(unescape(re.sub(r"<[^>]+>", " ", page.split("</style>")[1])))


def cell_text(cell):
    """Return what a reader sees of a cell, spaces apart: HTML sets some off with elements."""
    return "".join(unescape(re.sub(r"<[^>]+>", "", cell)).split())


def tables_of_page(page):
    return [
        [[cell_text(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)] for row in rows]
        for rows in (re.findall(r"<tr[^>]*>(.*?)</tr>", each, re.DOTALL) for each in tables_in(page))
    ]


def tables_in(page):
    return re.findall(r"<table.*?</table>", page, re.DOTALL)


def tables_of_markdown(text):
    tables, lines = [], text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("| :--") or line.startswith("| --:"):
            rows = [lines[number - 1]]
            for row in lines[number + 1 :]:
                if not row.startswith("|"):
                    break
                rows.append(row)
            tables.append([[plain(cell) for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows])
    return tables


def plain(cell):
    return "".join(re.sub(r"\\(.)", r"\1", cell).split())


def test_every_table_is_the_same_in_html_and_markdown(report, folders):
    page, text = html.render(report, folders), markdown.render(report)
    on_page, in_text = tables_of_page(page), tables_of_markdown(text)
    assert len(on_page) >= 15
    assert sorted(on_page) == sorted(in_text)


def test_every_sentence_is_in_html_and_markdown(report, folders):
    page, text = page_text(html.render(report, folders)), words(markdown.render(report).replace("\\", ""))
    reasons = [result.reason for photo in report.photos for result in photo.results if result.reason]
    told = [saved(fusion) for fusion in report.fusions] + [why(each) for each in report.comparisons]
    assert reasons
    assert len(told) == 4
    for sentence in (
        report.notice,
        *report.summary,
        *report.notes,
        *reasons,
        *told,
        *cost_tables.crossings(report),
        *report.forecast.summary,
        *notes(report.forecast),
    ):
        assert words(sentence) in page
        assert words(sentence) in text


def test_json_holds_all_that_the_others_are_made_of(report, folders):
    again = msgspec.json.decode(to_json(report), type=Report)
    assert html.render(again, folders) == html.render(report, folders)
    assert markdown.render(again) == markdown.render(report)
    assert to_json(again) == to_json(report)


def test_the_summary_is_three_sentences(report):
    assert len(report.summary) == 3
    assert all(re.fullmatch(r"[A-Z0-9].*\.", sentence) for sentence in report.summary)
    assert not any(". " in sentence for sentence in report.summary)


def test_json_follows_the_published_schema(report):
    document = json.loads(to_json(report))
    jsonschema.validate(document, schema())
    del document["runs"][0]["counts"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


def test_every_chart_and_every_table_says_where_it_was_measured(report, folders):
    page = html.render(report, folders)
    assert report.place == "Measured on emulators"
    captions = re.findall(r"<caption>(.*?)</caption>", page, re.DOTALL)
    assert len(captions) == len(tables_in(page))
    *measured, simulated = sorted(captions, key=lambda caption: "Simulated" in caption)
    assert all(report.place in caption for caption in measured)
    assert report.place not in simulated
    for chart in ('class="stack"', 'class="plot"', 'class="pair"', 'class="track"'):
        places = [each.start() for each in re.finditer(chart, page)]
        assert places, chart
        for place in places:
            heading = max(page.rfind("<h2>", 0, place), page.rfind("<h3>", 0, place))
            assert report.place in page[heading:place], chart
    assert all(report.place in label for label in re.findall(r'aria-label="(.*?)"', page, re.DOTALL))
    text = markdown.render(report).splitlines()
    heads = [number for number, line in enumerate(text) if re.match(r"\| (:--|--:)", line)]
    places = [text[number - 3].rpartition("(")[2] for number in heads]
    assert places.count("Simulated)") == 1
    assert set(places) == {"Simulated)", "Measured on emulators)"}


def test_a_page_of_many_photos_says_how_many_it_shows(make_run, make_record):
    records = [make_record(f"{at}.jpg", at=at * 3000) for at in range(70)]
    records.append(make_record("bad.jpg", at=300_000, state="rejected"))
    folders = [read(make_run("aws-local", records))]
    report = build(folders)
    for text in (page_text(html.render(report, folders)), markdown.render(report)):
        assert "40 of 71 photos and 40 of 71 jobs are shown, first those with" in text
        assert "bad.jpg" in text
    assert len(json.loads(to_json(report))["photos"]) == 71


def test_a_thinned_curve_says_so(make_run, make_record):
    records = [make_record("a.jpg", at=at * 2000, pace=1 + at / 1000, burst=at) for at in range(1, 1001)]
    folders = [read(make_run("aws-local", records))]
    report = build(folders)
    points = len(report.runs[0].curve)
    assert points < 400
    assert f"drawn through {points} of 1,000 times of aws-local" in page_text(html.render(report, folders))


def test_names_of_files_are_inert(report, folders):
    page, text = html.render(report, folders), markdown.render(report)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in text.replace("\\<", "")
    row = next(line for line in text.splitlines() if "script" in line and line.startswith("|"))
    assert len(re.findall(r"(?<!\\)\|", row)) == len(rows(report)[0]) + 1


def test_writes_all_three_whole(report, folders, tmp_path):
    page = write(report, folders, tmp_path / "out")
    assert page == tmp_path / "out" / "report.html"
    assert sorted(path.name for path in page.parent.iterdir()) == ["report.html", "report.json", "report.md"]


def test_a_report_without_any_time_is_still_a_report(make_run, make_record):
    folders = [read(make_run("aws-local", [make_record("a.jpg", state="lost")]))]
    report = build(folders)
    assert "reached no final state" in html.render(report, folders)
    assert "lost" in markdown.render(report)


def test_the_published_schema_is_up_to_date():
    published = Path(__file__).parents[4] / "docs" / "report.schema.json"
    assert json.loads(published.read_text()) == schema(), (
        "Write it anew: twinlens report --schema > docs/report.schema.json"
    )
