"""HTML, Markdown, JSON and the terminal say the same."""

import json
import re
from html import unescape
from pathlib import Path

import jsonschema
import pytest

from compare.folder import read
from compare.report import build, html, markdown, schema, to_json, write
from compare.report.rows import rows

HOSTILE = "<script>document.title = 'owned'</script>|`[x](y)*.jpg"


@pytest.fixture
def folders(make_run, make_record):
    photos = ("a.jpg", HOSTILE, "bad.jpg", "lost.jpg")
    states = ("succeeded", "succeeded", "rejected", "lost")

    def records(pace):
        return [
            make_record(photo, at=number * 4000, pace=pace, state=state)
            for number, (photo, state) in enumerate(zip(photos, states, strict=True))
        ]

    return [read(make_run("aws-local", records(1))), read(make_run("azure-local", records(1.7)))]


@pytest.fixture
def report(folders):
    return build(folders)


def words(text):
    return " ".join(text.split())


def page_text(page):
    return words(unescape(re.sub(r"<[^>]+>", " ", page.split("</style>")[1])))


def test_every_figure_is_the_same_in_html_and_markdown(report, folders):
    page, text = page_text(html.render(report, folders)), words(markdown.render(report).replace("\\", ""))
    for sentence in (report.notice, *report.summary, *report.assumptions):
        assert words(sentence) in page
        assert words(sentence) in text
    for row in rows(report):
        assert words(" ".join(row)) in page
        assert words("| " + " | ".join(row) + " |") in text


def test_json_holds_the_same_values(report):
    document = json.loads(to_json(report))
    assert document["summary"] == list(report.summary)
    medians = [each["end_to_end"]["quantiles"][0]["value"] for each in document["runs"]]
    assert medians == [run.end_to_end.quantiles[0].value for run in report.runs]


def test_json_follows_the_published_schema(report):
    document = json.loads(to_json(report))
    jsonschema.validate(document, schema())
    del document["runs"][0]["counts"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


def test_says_of_every_figure_where_it_was_measured(report, folders):
    page = html.render(report, folders)
    captions = re.findall(r'<(?:caption|p class="caption")>(.*?)</', page, re.DOTALL)
    figures = [caption for caption in captions if "too few samples to compare" not in caption]
    assert len(figures) >= 8
    assert all("say nothing of the clouds&#39; own speed" in caption for caption in figures)
    text = markdown.render(report)
    tables = len(re.findall(r"^\| :--", text, re.MULTILINE))
    assert text.count(report.notice) == 1 + tables


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
