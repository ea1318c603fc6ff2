from hypothesis import given
from hypothesis import strategies as st

from compare.cost.frontier import frontier

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)))


@given(PAIRS)
def test_keeps_what_no_other_beats(points):
    kept = frontier(points, lambda each: each)
    beaten = [
        each
        for each in points
        if any(other[0] <= each[0] and other[1] <= each[1] and other != each for other in points)
    ]
    assert sorted(kept + beaten) == sorted(points)
    assert kept == sorted(kept)
