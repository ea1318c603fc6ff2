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
    lines = price([MeterReading(meter, Decimal(quantity), "")], book, free_tier=False).lines
    return next(line for line in lines if line.meter.name == meter)


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


COMMITTED = """
[commitments."aws.stepfunctions.transitions"]
quantity = 1_000_000
fee = 15
overage = 0.02
[commitments.aws.lambda.gb_seconds]
arm64 = { quantity = 1000, fee = 0.01 }
"""


def test_a_commitment_covers_a_quantity_and_more_is_billed(terms):
    own = apply(load(), terms(COMMITTED))
    transitions = {
        quantity: amount(own, "aws.stepfunctions.transitions", quantity).amount
        for quantity in (0, 999_999, 1_000_000, 3_000_000)
    }
    assert transitions == {0: 15, 999_999: 15, 1_000_000: 15, 3_000_000: 15 + 2000 * Decimal("0.02")}
    usual = amount(load(), "aws.lambda.gb_seconds.arm64", 5000).amount
    assert amount(own, "aws.lambda.gb_seconds.arm64", 6000).amount == Decimal("0.01") + usual
    assert "1,000 a month are paid for with $0.01" in amount(own, "aws.lambda.gb_seconds.arm64").price.note


def test_free_units_come_before_the_commitment(terms):
    usage = [MeterReading("aws.stepfunctions.transitions", Decimal(1_004_000), "")]
    (line, _) = sorted(price(usage, apply(load(), terms(COMMITTED))).lines, key=lambda each: -each.amount)
    assert (line.free, line.billed, line.amount) == (4000, 0, 15)


def test_a_commitment_is_due_in_every_bill_of_its_cloud(terms):
    own = apply(load(), terms(COMMITTED))
    unused = price([MeterReading("aws.sns.publishes", Decimal(1), "")], own)
    assert unused.total == Decimal("15.01")
    assert price([MeterReading("azure.queue.operations", Decimal(0), "")], own).total == 0


def test_an_uncertain_price_above_a_commitment_has_its_range(terms):
    text = '[commitments."aws.eventbridge.s3_events"]\nquantity = 1_000_000\nfee = 3\n'
    line = amount(apply(load(), terms(text)), "aws.eventbridge.s3_events", 2_000_000)
    usual = amount(load(), "aws.eventbridge.s3_events", 1_000_000)
    assert (line.low, line.amount, line.high) == (3 + usual.low, 3 + usual.amount, 3 + usual.high)


def test_mistakes_of_commitments_are_named_at_once(terms):
    text = (
        '[commitments]\n"aws.lamda" = { quantity = 1, fee = 1 }\n"aws.sns.publishes" = 5\n'
        '[commitments."aws.s3.put_requests"]\nquantity = -1\nfe = 2\n'
    )
    with pytest.raises(PriceBookError) as refused:
        apply(load(), terms(text))
    said = [line.partition("[commitments]: ")[2] for line in str(refused.value).splitlines()]
    assert said[0].startswith("aws.lamda is not a meter")
    assert said[1] == "aws.sns.publishes is 5; it must be a table with quantity, fee, overage."
    assert said[2] == (
        "aws.s3.put_requests: unknown key 'fe' (did you mean 'fee'?); fee is missing; "
        "quantity is -1; it must be a number of at least zero."
    )


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
