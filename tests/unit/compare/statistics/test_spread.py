from compare.statistics import Spread, spread


def test_the_spread_is_that_of_the_bursts_medians():
    assert spread([[1, 2, 9], [4, 5, 6], []]) == Spread(2, 2, 5)


def test_one_burst_has_none():
    assert spread([[1, 2, 3], []]) is None
