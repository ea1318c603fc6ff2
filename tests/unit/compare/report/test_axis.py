import pytest

from compare.report.axis import Axis


@pytest.mark.parametrize(
    ("largest", "end", "step"),
    [(950, 1000, 200), (1000, 1000, 200), (1001, 1200, 200), (7, 8, 2), (24_600, 25_000, 5000)],
)
def test_ticks_are_round_and_the_axis_holds_the_largest(largest, end, step):
    axis = Axis.up_to(largest)
    assert (axis.end, axis.step) == (end, step)
    assert axis.ticks[0] == 0
    assert axis.ticks[-1] == end


def test_an_axis_of_nothing_is_still_an_axis():
    axis = Axis.up_to(0)
    assert axis.place(0) == 0
    assert len(axis.ticks) == 2


def test_places_are_percentages():
    assert Axis(200, 50).place(50) == 25
