from dataclasses import replace

import pytest

from compare.clock import ClockOffset, clock_offset, milliseconds
from compare.run import RunError


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
    assert offset == ClockOffset(2000, 2031)
    assert offset.correction_ms == 2015.5


def test_a_stamp_in_whole_seconds_is_known_to_a_second(make_record):
    offset = clock_offset([stamped(make_record("a.jpg"), "2026-01-05T12:00:00Z")])
    assert offset == ClockOffset(0, 1030)


def test_intervals_that_do_not_meet_still_bound_the_offset(make_record):
    moved = [
        stamped(make_record("a.jpg"), "2026-01-05T12:00:02.000Z"),
        stamped(make_record("b.jpg"), "2026-01-05T12:00:09.000Z"),
    ]
    offset = clock_offset(moved)
    assert offset is not None
    assert offset.low_ms <= offset.high_ms


def test_nothing_is_known_of_lost_jobs(make_record):
    assert clock_offset([make_record("a.jpg", state="lost")]) is None
