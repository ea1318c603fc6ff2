from pathlib import Path

import numpy as np
import pytest

from simulation.book import Parameter, load
from simulation.errors import BookError

TABLE = 'value = {}\nlow = 1.0\nhigh = 4.0\nunit = "s"\nsource = "x"\ndate = 2026-01-01\nstatus = "{}"\n'


def test_every_parameter_of_the_book_is_read():
    book = load()
    assert len(book.parameters) > 70
    assert {each.status for each in book.parameters.values()} == {"measured", "published", "assumed"}


def test_the_documentation_lists_every_parameter_as_it_is():
    text = (Path(__file__).parents[3] / "docs" / "simulation.md").read_text()
    for name, each in load().parameters.items():
        assert f"| `{name}` | {each.value:g} | {each.low:g} to {each.high:g} | {each.unit} |" in text, name


def test_draws_stay_within_the_interval_nine_times_out_of_ten():
    parameter = Parameter("x", 2.0, 1.0, 8.0, "s", "", "", "assumed")
    drawn = np.array([parameter.drawn(normal) for normal in np.random.default_rng(1).standard_normal(20_000)])
    assert np.mean((drawn >= 1.0) & (drawn <= 8.0)) == pytest.approx(0.9, abs=0.01)
    assert np.median(drawn) == pytest.approx(2.0, rel=0.05)


def test_a_parameter_that_may_be_nothing_is_never_negative():
    parameter = Parameter("x", 0.1, 0.0, 0.3, "s", "", "", "assumed")
    assert parameter.drawn(-5.0) == 0.0


def test_all_mistakes_of_a_book_are_reported_at_once(tmp_path):
    (tmp_path / "aws.toml").write_text(
        "[a]\n" + TABLE.format(9.0, "assumed") + "[b]\n" + TABLE.format(2.0, "guessed") + "[c]\nvalue = 1.0\n"
    )
    with pytest.raises(BookError) as raised:
        load(tmp_path)
    lines = str(raised.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["aws.toml, [a]", "aws.toml, [b]", "aws.toml, [c]"]
    assert "not in order" in lines[0]
    assert "missing" in lines[2]
