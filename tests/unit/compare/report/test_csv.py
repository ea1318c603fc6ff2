import csv
import json
from decimal import Decimal

import pytest

from compare.folder import read
from compare.report import build, to_json
from compare.report.csv import write


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folders(make_run, make_record):
    states = {"a.jpg": "succeeded", "=1+1.jpg": "succeeded", "bad.jpg": "rejected", "lost.jpg": "lost"}
    records = [
        make_record(name, at=4000 * at, state=state) for at, (name, state) in enumerate(states.items())
    ]
    return [read(make_run("aws-local", records))]


def test_csv_json_and_the_runs_agree(folders, tmp_path):
    report = build(folders)
    jobs, costs, volumes = map(rows, write(report, folders, tmp_path))
    document = json.loads(to_json(report))
    assert [each["state"] for each in jobs] == ["succeeded", "succeeded", "rejected", "lost"]
    done = [each for each in jobs if each["state"] == "succeeded"]
    mean = sum(float(each["end_to_end_ms"]) for each in done) / len(done)
    assert mean == pytest.approx(document["runs"][0]["end_to_end"]["mean"], abs=0.1)
    parts = [
        float(cell) for name, cell in done[0].items() if name.endswith("_ms") and name != "end_to_end_ms"
    ]
    assert sum(parts) == pytest.approx(float(done[0]["end_to_end_ms"]), abs=0.5)
    (cost,) = document["costs"]
    assert [each["meter"] for each in costs] == [line["meter"] for line in cost["lines"]]
    for name, total in (("amount", "per_thousand"), ("month_with_free_tier", "month_with_free_tier")):
        assert sum(Decimal(each[name]) for each in costs) == Decimal(cost[total])
    assert [(each["images"], Decimal(each["amount"])) for each in volumes] == [
        (str(point["images"]), Decimal(point["amount"])) for point in cost["volumes"]
    ]


def test_no_name_is_a_formula(folders, tmp_path):
    jobs, *_ = write(build(folders), folders, tmp_path)
    assert [each["photo"] for each in rows(jobs)][1] == "'=1+1.jpg"
