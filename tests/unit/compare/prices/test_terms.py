from decimal import Decimal

import pytest

from compare.billing.reading import MeterReading
from compare.cost.bill import price
from compare.errors import PriceBookError
from compare.prices.reading import load
from compare.prices.terms import apply

TERMS = """
[discounts]
"aws" = 0.1
"aws.lambda" = 0.2
azure.blob = 1

[prices]
"aws.stepfunctions.transitions" = 0.02
"""


@pytest.fixture
def terms(tmp_path):
    def write(text):
        path = tmp_path / "terms.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def amount(book, meter, quantity=10**9):
    (line,) = price([MeterReading(meter, Decimal(quantity), "")], book, free_tier=False).lines
    return line


def test_the_longest_name_counts_and_own_prices_come_first(terms):
    book, own = load(), apply(load(), terms(TERMS))
    for meter, share in {
        "aws.lambda.requests": "0.8",
        "aws.s3.put_requests": "0.9",
        "azure.blob.write_operations": "0",
        "azure.queue.operations": "1",
    }.items():
        assert amount(own, meter).amount == amount(book, meter).amount * Decimal(share), meter
    line = amount(own, "aws.stepfunctions.transitions")
    assert line.amount == Decimal("0.02") * 10**6  # for a thousand transitions
    assert line.price.source.title == "own terms, terms.toml"
    discounted = amount(own, "aws.lambda.requests").price
    assert "20.0 % off the list price" in discounted.note
    assert discounted.source == amount(book, "aws.lambda.requests").price.source


def test_the_range_of_an_uncertain_price_is_discounted_too(terms):
    book, own = load(), apply(load(), terms(TERMS))
    before, after = (amount(each, "aws.eventbridge.s3_events") for each in (book, own))
    assert (after.low, after.high) == (before.low * Decimal("0.9"), before.high * Decimal("0.9"))


def test_all_mistakes_are_named_at_once(terms):
    text = '[discounts]\n"aws.lamda" = 0.1\naws.s3 = 2\n[prices]\n"aws.lambda" = 1\naws.sns.publishes = "x"\n'
    with pytest.raises(PriceBookError) as refused:
        apply(load(), terms(f"{text}[x]\n"))
    said = [line.partition("terms.toml")[2] for line in str(refused.value).splitlines()]
    assert said[0].startswith(": unknown table 'x'")
    assert said[1].startswith(", [discounts]: aws.lamda is not a meter (did you mean 'aws.lambda'?)")
    assert said[2] == ", [discounts]: aws.s3 is 2; it must be a share between 0 and 1."
    assert said[3].startswith(", [prices]: aws.lambda is not a meter")
    assert said[4] == ", [prices]: aws.sns.publishes is 'x'; it must be a number."


@pytest.mark.parametrize(
    "text", ["discounts = 1", "[discounts", "[discounts]\naws = nan", "[prices]\naws = true"]
)
def test_what_is_no_terms_is_refused(terms, text):
    with pytest.raises(PriceBookError):
        apply(load(), terms(text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PriceBookError, match="cannot be read"):
        apply(load(), tmp_path / "none.toml")
