from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare.clock import ClockOffset, clock_offset, milliseconds
from compare.folder import read
from compare.report import build, html, markdown
from compare.report.words import clocks
from compare.run import RunError
from compare.timeline import timeline


def stamped(record, at):
    return replace(record, job=replace(record.job, uploaded_at=at))


def test_reads_moments_of_any_time_zone():
    assert milliseconds("1970-01-01T00:00:01.500Z") == 1500
    assert milliseconds("1970-01-01T01:00:00+01:00") == 0


@pytest.mark.parametrize(
    ("moment", "fault"), [("yesterday", "not ISO 8601"), ("2026-01-05T12:00:00", "no time zone")]
)
def test_refuses_what_is_no_moment(moment, fault):
    with pytest.raises(RunError, match=fault):
        milliseconds(moment)


def test_equal_clocks_need_no_correction(make_record):
    offset = clock_offset([make_record("a.jpg"), make_record("b.jpg", at=5000)])
    assert offset is not None
    assert offset.low_ms < 0 < offset.high_ms
    assert offset.correction_ms == 0


def test_a_platform_ahead_is_found(make_record):
    # Sent between 11:59:59.970 and 12:00:00.000, stamped two seconds later.
    offset = clock_offset([stamped(make_record("a.jpg"), "2026-01-05T12:00:02.000Z")])
    assert offset == ClockOffset(1999, 2031)
    assert offset.correction_ms == 2015


def test_a_stamp_in_whole_seconds_is_known_to_a_second(make_record):
    offset = clock_offset([stamped(make_record("a.jpg"), "2026-01-05T12:00:00Z")])
    assert offset == ClockOffset(-1, 1030)


def test_intervals_that_do_not_meet_still_bound_the_offset(make_record):
    moved = [
        stamped(make_record("a.jpg"), "2026-01-05T12:00:02.000Z"),
        stamped(make_record("b.jpg"), "2026-01-05T12:00:09.000Z"),
    ]
    offset = clock_offset(moved)
    assert offset is not None
    assert offset.low_ms <= offset.high_ms
    assert offset.moved


def test_nothing_is_known_of_lost_jobs(make_record):
    assert clock_offset([make_record("a.jpg", state="lost")]) is None


@given(
    skew=st.integers(-86_400_000, 86_400_000),
    uploads=st.lists(
        st.tuples(st.integers(0, 600_000), st.integers(1, 5_000), st.floats(0, 1)), min_size=1, max_size=20
    ),
    whole_seconds=st.booleans(),
)
def test_the_true_offset_lies_within_the_bounds(make_record, skew, uploads, whole_seconds):
    records = []
    for at, took, share in uploads:
        record = replace(make_record("a.jpg"), began=moment(at), sent=moment(at + took))
        stamp = moment(at + share * took + skew)
        records.append(stamped(record, stamp[:19] + "Z" if whole_seconds else stamp))
    offset = clock_offset(records)
    assert offset is not None
    assert not offset.moved
    assert offset.low_ms <= skew <= offset.high_ms
    grain = 1000 if whole_seconds else 1
    assert offset.high_ms - offset.low_ms <= min(took for _, took, _ in uploads) + grain + 3


@given(skew=st.integers(-3_600_000, 3_600_000))
def test_a_skewed_platform_gives_the_same_segments(make_record, skew):
    # The upload takes 30 ms and is stamped 5 ms before its end: the offset is known to 32 ms.
    record = make_record("a.jpg", at=10_000)
    offset = clock_offset([shifted(record, skew)])
    assert offset is not None
    straight = timeline(record)
    skewed = timeline(shifted(record, skew), offset.correction_ms)
    assert straight
    assert skewed
    assert skewed.end_to_end_ms == pytest.approx(straight.end_to_end_ms, abs=32)
    assert skewed.delivery_ms == pytest.approx(straight.delivery_ms, abs=32)
    same = ("makespan_ms", "critical_path_ms", "overhead_ms")
    assert [getattr(skewed, name) for name in same] == pytest.approx(
        [getattr(straight, name) for name in same], abs=0.01
    )
    for name in ("download", "compute", "upload", "record"):
        assert skewed.segments()[name] == pytest.approx(straight.segments()[name], abs=0.01)


def test_a_report_takes_the_offset_off_and_says_so(make_run, make_record):
    records = [shifted(make_record("a.jpg", at=1000), 60_000), shifted(make_record("b.jpg"), 60_000)]
    on_cloud = build([read(make_run("aws", records, where="cloud"))])
    (run,) = on_cloud.runs
    assert run.clock
    assert 59_970 < run.clock.correction_ms < 60_030
    assert 0 <= run.segments["delivery"] < 200
    told = clocks(run)
    assert "ms are subtracted from its times." in told
    assert told in on_page(html.render(on_cloud, []))
    assert told in markdown.render(on_cloud).replace("\\", "")


def test_a_report_says_when_a_clock_was_set(make_run, make_record):
    records = [make_record("a.jpg"), shifted(make_record("b.jpg", at=5000), 3_600_000)]
    (run,) = build([read(make_run("aws", records, where="cloud"))]).runs
    assert clocks(run).endswith("so its times are unreliable.")


def test_an_emulator_shares_the_clients_clock(make_run, make_record):
    (run,) = build([read(make_run("aws-local", [make_record("a.jpg")]))]).runs
    assert clocks(run) == "Clocks of aws-local: the emulator shares the client's clock."


def moment(ms):
    """A moment as :func:`core.trace.now` writes it, rounded down to milliseconds."""
    at = datetime.fromtimestamp(0, UTC) + timedelta(days=20_000, milliseconds=ms)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(text, ms):
    at = datetime.fromisoformat(text) + timedelta(milliseconds=ms)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shifted(record, ms):
    """The same job, by a platform's clock that is ahead by so much."""
    job = record.job
    trace = tuple(
        replace(each, started=later(each.started, ms), ended=later(each.ended, ms)) for each in job.trace
    )
    job = replace(
        job, uploaded_at=later(job.uploaded_at, ms), accepted_at=later(job.accepted_at, ms), trace=trace
    )
    return replace(record, job=job, recorded_at=later(record.recorded_at, ms))


def on_page(page):
    return " ".join(unescape(page).split())
