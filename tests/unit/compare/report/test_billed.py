from decimal import Decimal

import pytest

from compare.report.billed import quantity


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0E-9", "0"),
        ("2E+3", "2,000"),
        ("400000", "400,000"),
        ("1234567.89", "1,234,568"),
        ("0.123456789", "0.123457"),
        ("1.50", "1.50"),
    ],
)
def test_a_quantity_is_whole_or_has_six_digits(value, text):
    assert quantity(Decimal(value)) == text


def test_a_quantity_that_nobody_knows_is_not_zero():
    assert quantity(None) != quantity(Decimal(0))
