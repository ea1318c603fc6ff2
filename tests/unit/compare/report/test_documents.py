"""HTML, Markdown, JSON and the terminal say the same."""

import json
import re
from html import unescape
from pathlib import Path

import jsonschema
import msgspec
import pytest
from run_records import write_run

from compare.cost.verdict import QUESTIONS
from compare.folder import read
from compare.report import Report, build, cost_tables, html, markdown, schema, to_json, write
from compare.report.charts import charts
from compare.report.charts.drawing import picture
from compare.report.forecast import Forecast, Predicted, notes
from compare.report.rows import rows
from compare.report.words import saved, why

HOSTILE = "<script>document.title = 'owned'</script>|`[x](y)*.jpg"


@pytest.fixture(scope="module")
def folders(make_record, tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    photos = ("a.jpg", HOSTILE, "bad.jpg", "lost.jpg")
    states = ("succeeded", "succeeded", "rejected", "lost")

    def records(pace, granularity="stepwise"):
        return [
            make_record(photo, at=number * 4000, pace=pace, state=state, granularity=granularity)
            for number, (photo, state) in enumerate(zip(photos, states, strict=True))
        ]

    return [
        read(write_run(runs, "aws-local", records(1))),
        read(write_run(runs, "aws-local", records(0.4, "fused"), granularity="fused", name="fused")),
        read(write_run(runs, "azure-local", records(1.7), region="eastus2", orchestrator="storage")),
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


@pytest.fixture(scope="module")
def forecast():
    variants = (
        predicted("aws", "express", 15.5, 1.83, ["nobody knows"]),
        predicted("azure", "storage", 30.0, 5.0),
    )
    summary = ("aws express is the cheapest.", "Most of the difference is in functions.")
    return Forecast("50,000 photos", 50_000, 5.0, 16, variants[0].settings, summary, variants)


@pytest.fixture(scope="module")
def report(folders, forecast):
    return build(folders, forecast=forecast)


@pytest.fixture(scope="module")
def page(report, folders):
    return html.render(report, folders)


def words(text):
    return " ".join(text.split())


def page_text(page):
    body = re.sub(r"<script.*?</script>", "", page.split("</style>")[1], flags=re.DOTALL)
    return re.sub(r" ([:;,.])", r"\1", words(unescape(re.sub(r"<[^>]+>", " ", body))))


def cell_text(cell):
    """Return what a reader sees of a cell, spaces apart: HTML sets some off with elements."""
    return "".join(unescape(re.sub(r"<[^>]+>", "", cell)).split())


def tables_of_page(page):
    return [
        [[cell_text(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)] for row in rows]
        for rows in (re.findall(r"<tr[^>]*>(.*?)</tr>", each, re.DOTALL) for each in tables_in(page))
    ]


def tables_in(page):
    body = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    return re.findall(r"<table.*?</table>", body, re.DOTALL)


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


def test_every_table_is_the_same_in_html_and_markdown(report, page):
    text = markdown.render(report)
    on_page, in_text = tables_of_page(page), tables_of_markdown(text)
    assert len(on_page) >= 15
    assert sorted(on_page) == sorted(in_text)


def test_every_sentence_is_in_html_and_markdown(report, page):
    page, text = page_text(page), words(markdown.render(report).replace("\\", ""))
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


def test_json_holds_all_that_the_others_are_made_of(report, folders, page):
    again = msgspec.json.decode(to_json(report), type=Report)
    assert hash(html.render(again, folders)) == hash(page)  # the whole difference would be megabytes
    assert markdown.render(again) == markdown.render(report)
    assert to_json(again) == to_json(report)


def test_every_question_is_answered_in_every_format(report, page):
    page, text = page_text(page), words(markdown.render(report).replace("\\", ""))
    assert {each.name for each in report.answers} == QUESTIONS.keys()
    for each in report.answers:
        for said in (each.question, each.answer, each.basis):
            assert words(said) in page
            assert words(said) in text
    for name in ("stepwise", "fused", "standard", "storage"):
        assert f"{name}: {report.terms[name]}" in text
        assert report.terms[name] in page
    assert "express" not in report.terms


def test_json_follows_the_published_schema(report):
    document = json.loads(to_json(report))
    jsonschema.validate(document, schema())
    del document["runs"][0]["counts"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


def test_every_section_says_once_where_it_was_measured(report, page):
    assert report.place == "Measured on emulators"
    headings = re.findall(r"<h2 .*?</h2>", page, re.DOTALL)
    *measured, simulated = sorted(headings, key=lambda heading: "Simulated" in heading)
    assert len(measured) == 5
    assert all(heading.count(report.place) == 1 for heading in measured)
    assert report.place not in simulated
    assert page.count('class="place"') == len(headings)
    assert all(report.place in label for label in re.findall(r'role="img" aria-label="(.*?)"', page))
    heads = re.findall(r"^## (.*)", markdown.render(report), re.MULTILINE)
    assert [head.rpartition("(")[2] for head in heads[1:]] == [
        *["Measured on emulators)"] * 4,
        "Simulated)",
        "Measured on emulators)",
    ]


def test_every_chart_is_a_picture_with_a_legend_and_whole_labels(report):
    for name, chart in charts(report).items():
        drawn = unescape(picture(name, chart.spec))
        compared = {each.label for fusion in report.fusions for each in (fusion.stepwise, fusion.fused)}
        for label in compared if name == "fusion" else [run.label for run in report.runs]:
            assert label in drawn, (name, label)
        assert "…" not in drawn
        assert "role-legend" in drawn or name == "warmth"


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
    assert len(report.runs[0].over_time) <= 400
    assert len(html.render(report, folders)) < 2_000_000  # whatever the number of jobs
    assert f"drawn through {points} of 1,000 times of aws-local" in page_text(html.render(report, folders))


def test_names_of_files_are_inert(report, page):
    text = markdown.render(report)
    opened = re.findall(r"<script[^>]*>", page)
    data = [f'<script type="application/json" id="{name}">' for name in ("data", "charts")]
    assert opened == [*data, "<script>", "<script>"]
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
