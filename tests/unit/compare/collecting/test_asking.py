"""When a platform is asked, and what becomes of what it does not tell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from compare.collecting.asking import MARGIN, Account, Unreported, Window
from compare.collecting.billed import Figure, Gap
from compare.run import RunError


def test_a_run_is_asked_about_with_a_margin(make_head, make_record):
    window = Window.of(make_head("aws", ["a.jpg"], where="cloud"), [make_record("a.jpg")])
    assert window.began == datetime(2026, 1, 5, 12, tzinfo=UTC) - MARGIN
    assert window.ended == datetime(2026, 1, 5, 12, 1, tzinfo=UTC) + MARGIN


@pytest.mark.parametrize(("where", "ahead"), [("cloud", 600), ("emulator", 0)])
def test_a_platform_is_asked_by_its_own_clock(make_head, make_record, where, ahead):
    record = make_record("a.jpg")
    record = replace(record, job=replace(record.job, uploaded_at="2026-01-05T12:09:59.990Z"))
    window = Window.of(make_head("aws", ["a.jpg"], where=where), [record])
    shift = window.began + MARGIN - datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert shift.total_seconds() == pytest.approx(ahead, abs=0.05)


def test_an_unfinished_run_is_not_asked_about(make_head):
    with pytest.raises(RunError, match="--resume"):
        Window.of(make_head("aws", ["a.jpg"], ended=None), [])


def test_whole_minutes_hold_all_of_a_time(window):
    assert [each.second for each in (window.minutes().began, window.minutes().ended)] == [0, 0]
    assert window.minutes().began <= window.began
    assert window.ended <= window.minutes().ended < window.ended + timedelta(minutes=1)
    assert window.minutes().minutes() == window.minutes()


def test_what_is_not_counted_yet_is_asked_again(window):
    window.settled(timedelta(minutes=5), window.ended + timedelta(minutes=5))
    with pytest.raises(Unreported, match="up to 5 minutes, and the run ended 40 s before") as error:
        window.settled(timedelta(minutes=5), window.ended + timedelta(seconds=40))
    assert error.value.again


@pytest.mark.parametrize("answer", [{}, {"value": None}, {"value": ["x"]}])
def test_an_answer_of_another_form_leaves_the_rest(window, answer):
    account = Account(window)
    account.ask("here", ["aws.sns.publishes"], lambda: [answer["value"][0]["name"]])
    assert "undocumented" in account.billed().gaps[0].reason


def test_a_source_that_breaks_off_tells_nothing(window):
    def half():
        yield Figure("aws.lambda.requests", Decimal(1), "here", "jobs")
        raise Unreported("It broke off.", again=True)

    account = Account(window)
    account.ask("here", ["aws.lambda.requests"], half)
    account.ask(
        "there", ["aws.sns.publishes"], lambda: [Figure("aws.sns.publishes", Decimal(2), "there", "jobs")]
    )
    billed = account.billed()
    assert [each.meter for each in billed.figures] == ["aws.sns.publishes"]
    assert billed.gaps == (Gap(("aws.lambda.requests",), "here", "It broke off.", again=True),)
    assert (billed.began, billed.ended) == ("2026-01-05T12:00:30.000Z", "2026-01-05T12:02:40.000Z")
