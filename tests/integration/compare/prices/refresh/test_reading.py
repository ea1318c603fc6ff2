"""Reading the vendors' lists over HTTP: what passes is tried again, what lasts is named."""

import time
from pathlib import Path
from typing import Any

import pytest
from price_lists import Server, Vendor, only, outcomes

from compare.prices.book import PriceBook
from compare.prices.refresh import PriceLists

Book = tuple[PriceBook, Path]


def test_throttling_is_waited_out(book: Book, lists: PriceLists, vendor: Vendor, server: Server):
    server.faults = [(429, {"Retry-After": "1"})]
    began = time.monotonic()
    assert only(book, lists, "aws.lambda.requests", "us-east-1").kind == "same"
    assert time.monotonic() - began >= 1
    assert len(vendor.asked) == 2


def test_passing_faults_are_tried_again(book: Book, lists: PriceLists, server: Server):
    server.faults = [(503, {}), "stall"]
    assert only(book, lists, "aws.lambda.requests", "us-east-1").kind == "same"
    server.faults = ["half", "html", "half"]
    assert only(book, lists, "azure.blob.read_operations", "eastus2").kind == "same"


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ((429, {}), "429"),
        ((500, {}), "500"),
        ("stall", "Read timed out"),
        ("half", "truncated in 4 attempts"),
        ("html", "truncated in 4 attempts"),
        ("nothing", "not a JSON object"),
        ((403, {}), "403"),
    ],
)
@pytest.mark.parametrize("meter", ["aws.lambda.requests", "azure.blob.read_operations"])
def test_lasting_faults_are_named(
    book: Book, lists: PriceLists, server: Server, fault: Any, named: str, meter: str
):
    server.faults = [fault] * 40
    found = only(book, lists, meter, book[0].home_regions[book[0].meters[meter].vendor])
    assert found.kind == "unread"
    assert named in found.detail


def test_a_server_that_does_not_answer_is_asked_no_more(
    book: Book, lists: PriceLists, vendor: Vendor, server: Server
):
    server.faults = [(500, {})] * 40
    found = outcomes(book, lists, "azure.", "eastus2")
    assert {each.kind for each in found.values()} == {"unread", "unlisted"}
    assert len(vendor.asked) == 4


def test_nobody_listens(book: Book, lists: PriceLists):
    away = PriceLists(lists.today, dict.fromkeys(lists.addresses, "http://127.0.0.1:9"), lists.reader)
    found = outcomes(book, away, "aws.s3.put_requests")
    assert {each.kind for each in found.values()} == {"unread"}
