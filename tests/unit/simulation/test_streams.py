import numpy as np
import pytest

from simulation.streams import Streams


def test_a_stream_depends_on_the_seed_and_its_name_alone():
    first, second = Streams(7), Streams(7)
    second.uniform("another")()
    assert [first.uniform("arrivals")() for _ in range(3)] == [second.uniform("arrivals")() for _ in range(3)]
    assert Streams(8).uniform("arrivals")() != Streams(7).uniform("arrivals")()
    assert Streams(7).uniform("lambda.init")() != Streams(7).uniform("arrivals")()


def test_the_numbers_are_the_same_on_every_machine():
    assert Streams(7).uniform("arrivals")() == 0.223358333
    assert Streams(7).exponential("arrivals")() == 0.322185914


def test_a_lognormal_time_has_the_median_and_the_tail_it_was_asked_for():
    draw = Streams(1).lognormal("hop", 0.2, 0.3, tail=0.1, scale=5.0)
    times = np.array([draw() for _ in range(40_000)])
    assert np.median(times) == pytest.approx(0.21, rel=0.05)
    assert np.mean(times > 1.0) == pytest.approx(0.1 * np.exp(-0.8 / 5), rel=0.1)
