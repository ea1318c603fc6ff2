from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from compare.folder import read, write_head
from compare.report import build, tables, write
from compare.run import ApiCalls, PhotoFile, RunError
from core.job import Review
from core.trace import stamp

PHOTOS = ("a.jpg", "b.jpg", "c.jpg")


@pytest.fixture
def run(make_run, make_record):
    """Make a run of bursts of three photos, a job every 3 s."""

    def make(stack, bursts=1, pace=1.0, **changes):
        records = [
            make_record(
                photo,
                at=10_000 * burst + 3000 * number,
                pace=pace * (1 + number / 10),
                burst=burst,
                cold=burst == 1,
            )
            for burst in range(1, bursts + 1)
            for number, photo in enumerate(PHOTOS)
        ]
        return read(make_run(stack, records, **changes))

    return make


def test_counts_every_upload(make_run, make_record):
    states = ("succeeded", "rejected", "failed", "lost", "succeeded")
    records = [make_record(f"{at}.jpg", at=at * 3000, state=state) for at, state in enumerate(states)]
    counts = build([read(make_run("aws-local", records))]).runs[0].counts
    assert (counts.uploads, counts.succeeded, counts.rejected, counts.failed, counts.lost) == (5, 2, 1, 1, 1)


def test_the_warm_up_counts_in_no_figure(make_run, make_record):
    records = [make_record("a.jpg"), replace(make_record("a.jpg", at=5000, pace=9, burst=0), warm_up=True)]
    report = build([read(make_run("aws-local", records))])
    assert report.runs[0].counts.warm_up == 1
    assert report.runs[0].end_to_end.count == 1
    assert report.photos[0].results[0].jobs == 1


def test_segments_add_up_to_the_mean(run):
    made = build([run("aws-local")]).runs[0]
    assert sum(made.segments.values()) == pytest.approx(made.end_to_end.mean)


def test_cold_and_warm_are_apart(run):
    made = build([run("aws-local", bursts=3)]).runs[0]
    assert (made.end_to_end.count, made.cold.count, made.warm.count) == (9, 3, 6)
    assert made.spread is not None
    assert made.spread.bursts == 3


def test_a_burst_of_one_job_says_nothing_about_bursts(make_run, make_record):
    records = [make_record("a.jpg", at=10_000 * burst, pace=burst, burst=burst) for burst in (1, 2, 3)]
    assert build([read(make_run("aws-local", records))]).runs[0].spread is None


def test_a_slower_run_is_named_with_its_reasons(run):
    report = build([run("aws-local", bursts=4), run("azure-local", bursts=4, pace=2)])
    (comparison,) = report.comparisons
    assert comparison.ratios[0].smaller == "first"
    assert next(iter(comparison.contributions)) == "compute"
    said = next(each.answer for each in report.answers if each.name == "fastest")
    assert "aws-local with 1.17 s at the median; azure-local takes" in said
    assert "On average azure-local took" in said
    assert "computing" in said


def test_faults_on_request_are_said_first(run, tmp_path):
    report = build([run("aws-local", chaos="seed=3 error=0.1"), run("azure-local")])
    assert report.summary[1] == "Faults were injected into aws-local on request: seed=3 error=0.1."
    page = write(report, [], tmp_path / "out").read_text()
    assert "faults: seed=3 error=0.1" in page


def test_every_two_runs_are_compared(run):
    report = build([run("aws-local"), run("azure-local"), run("aws", name="third")])
    assert [(each.first, each.second) for each in report.comparisons] == [
        ("aws-local", "azure-local"),
        ("aws-local", "aws"),
        ("azure-local", "aws"),
    ]


def test_the_job_of_median_time_stands_for_a_photo(make_run, make_record):
    records = [
        make_record("a.jpg", at=at * 9000, pace=pace, burst=at) for at, pace in enumerate((5, 1, 2), start=1)
    ]
    (result,) = build([read(make_run("aws-local", records))]).photos[0].results
    assert result.jobs == 3
    assert result.job == records[2].id


def test_only_what_was_sent_is_shown(make_run, make_record):
    more = tuple(PhotoFile(f"more-{at}.jpg", 1, f"{at}" * 64) for at in range(4))
    records = [make_record(f"{at}.jpg", at=at * 3000) for at in range(5)]
    folder = make_run("aws-local", records)
    run = read(folder).run
    write_head(folder, replace(run, photos=(*run.photos, *more)))
    report = build([read(folder)])
    assert [photo.photo.name for photo in report.photos] == [f"{at}.jpg" for at in range(5)]
    assert report.summary[0].startswith("5 uploads of 5 photos went to")


def test_outputs_are_held_against_each_other(make_run, make_record):
    one, other = make_record("a.jpg"), replace(make_record("b.jpg", at=3000), outputs={})
    odd = replace(one, outputs={"display.jpg": "0" * 64})
    first, second = read(make_run("aws-local", [one, other])), read(make_run("azure-local", [one, other]))
    third = read(make_run("aws-other", [odd, other]))
    assert [photo.outputs for photo in build([first, second]).photos] == ["equal", "unknown"]
    assert [photo.outputs for photo in build([first, third]).photos] == ["different", "unknown"]


def test_many_jobs_are_thinned_evenly_to_the_last(make_run, make_record):
    records = [make_record("a.jpg", at=at * 2000, pace=1 + at / 1000, burst=at) for at in range(1, 1001)]
    made = build([read(make_run("aws-local", records))]).runs[0]
    assert 250 < len(made.curve) < 320
    assert made.curve[0].share == 0.001
    assert made.curve[-1].share == 1


def test_a_run_of_rejected_photos_has_no_times(make_run, make_record):
    report = build([read(make_run("aws-local", [make_record("a.jpg", state="rejected")]))])
    assert report.runs[0].end_to_end.count == 0
    assert report.runs[0].segments == {}
    assert "no time to report" in next(each.answer for each in report.answers if each.name == "fastest")


def test_a_run_without_jobs_is_refused(make_run):
    with pytest.raises(RunError, match="contains no jobs"):
        build([read(make_run("aws-local", []))])


def test_waiting_for_a_person_is_told_beside_the_times(make_run, make_record):
    plain = make_record("a.jpg")
    asked = plain.job.trace[0].ended
    decided = _later(asked)
    trace = tuple(
        replace(each, **{name: _later(getattr(each, name)) for name in ("started", "ended")})
        for each in plain.job.trace[1:]
    )
    review = Review(asked, decided, "approved", "", decided)
    job = replace(plain.job, review=review, trace=(plain.job.trace[0], *trace))
    reviewed = replace(plain, job=job, recorded_at=_later(plain.recorded_at))
    refused = make_record("b.jpg", at=3000, state="refused")

    report = build([read(make_run("aws-local", [reviewed, refused]))])

    [run] = report.runs
    assert (run.counts.succeeded, run.counts.refused) == (1, 1)
    assert (run.review.count, run.review.mean) == (1, 30_000)
    assert run.end_to_end.mean == build([read(make_run("azure-local", [plain]))]).runs[0].end_to_end.mean
    assert "waiting for a person, beside these" in [row[1] for row in tables.latencies(report).rows]
    assert ("refused", "1") in tables.runs(report).rows


def _later(moment):
    return stamp(datetime.fromisoformat(moment) + timedelta(seconds=30))


def test_calls_of_the_front_door_are_in_the_times_and_in_the_bill(make_run, make_record):
    records = [
        replace(make_record(photo, at=3000 * at), api=ApiCalls(3, 20.0 + at, 2_500.0))
        for at, photo in enumerate(PHOTOS)
    ]
    made = build([read(make_run("aws-local", records, front_door=True, via_api=True))], 1_000)
    (one,), (bill,) = made.runs, made.costs
    assert (one.asking.count, one.asking.mean) == (3, 21.0)
    assert any("asking the front door, before these" in row for row in tables.latencies(made).rows)
    assert any("came through the front door, which took 21 ms at the median" in each for each in made.summary)
    requests = next(line for line in bill.lines if line.meter == "aws.apigateway.http_requests")
    assert (requests.quantity, requests.purpose) == (3_000, "functions")
