from decimal import Decimal

import pytest

from compare.billing.reading import MeterReading, chunks, plain, present, up_to_step, within
from compare.errors import UsageError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2000000", "2,000,000"),
        ("2E+6", "2,000,000"),
        ("1.50", "1.5"),
        ("1234.5", "1,234.5"),
        ("0", "0"),
        ("0.000001", "0.000001"),
        ("100.00", "100"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert plain(Decimal(value)) == text


@pytest.mark.parametrize(
    ("size", "count"), [("0", 1), ("1", 1), ("64", 1), ("64.1", 2), ("128", 2), ("129", 3)]
)
def test_a_payload_is_billed_by_chunks(size, count):
    assert chunks(Decimal(size)) == count


def test_a_value_is_rounded_up_to_a_step():
    assert up_to_step(Decimal(101), Decimal(100)) == 200
    assert up_to_step(Decimal(100), Decimal(100)) == 100
    assert up_to_step(Decimal(0), Decimal(100)) == 0


@pytest.mark.parametrize("value", [1, 5, 10])
def test_a_range_holds_its_ends(value):
    within("memory", Decimal(value), 1, 10, "a function's memory")


@pytest.mark.parametrize("value", [0, 11])
def test_what_is_out_of_range_is_named(value):
    with pytest.raises(UsageError, match=f"memory is {value}; a function's memory is between 1 and 10"):
        within("memory", Decimal(value), 1, 10, "a function's memory")


def test_only_what_was_used_is_present():
    used, unused = MeterReading("a", Decimal(1), ""), MeterReading("b", Decimal(0), "")
    assert present(used, unused) == (used,)
