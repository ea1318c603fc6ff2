"""Finding lost jobs, with everything in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

import core.recovery.look
from core.deployment.limits import LEDGER_RETENTION
from core.errors import StoreUnavailable
from core.job import Batch, Job, Problem, Source, job_id
from core.ledger import RELEASED
from core.memory import MemoryLedger, MemoryNotifier
from core.ports import DeadLetter, Upload
from core.recovery.jobs import FAILED, GIVEN_UP, Recovery
from core.review import decisions as review

PATIENCE = timedelta(minutes=20)
LATER = datetime.now(UTC) + timedelta(hours=5)  # from import on: a whole test run lies between
CONTAINER = "photos"


@dataclass
class MemoryIntake:
    """Uploads that are there, and those whose events were delivered again."""

    stored: list[Upload] = field(default_factory=list)
    delivered: list[Upload] = field(default_factory=list)
    unavailable: bool = False
    under_way: set[str] = field(default_factory=set)

    def uploads(self) -> Iterator[Upload]:
        yield from self.stored

    def deliver(self, upload: Upload) -> None:
        if self.unavailable:
            raise StoreUnavailable("The queue is unavailable.")
        self.delivered.append(upload)

    def running(self, execution: str) -> bool:
        return execution in self.under_way


@dataclass
class MemoryDeadLetters:
    """Letters that nobody else takes."""

    letters: list[DeadLetter]
    put: list[DeadLetter] = field(default_factory=list)

    def take(self) -> Iterator[DeadLetter]:
        yield from tuple(self.letters)

    def put_back(self, letter: DeadLetter) -> None:
        self.put.append(letter)

    def remove(self, letter: DeadLetter) -> None:
        self.letters.remove(letter)


def upload(name: str, stored_at: datetime | None = None) -> Upload:
    moment = (stored_at or datetime.now(UTC)).isoformat()
    return Upload(Source(CONTAINER, f"incoming/{name}", f"etag-{name}", 10), moment)


def job(name: str, **more: str) -> Job:
    found = upload(name)
    identifier = job_id(CONTAINER, found.source.key, found.source.etag, "gallery")
    values = {"execution": "first", "recipe": "gallery", **more}
    return Job(id=identifier, source=found.source, uploaded_at=found.stored_at, accepted_at="", **values)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def intake() -> MemoryIntake:
    return MemoryIntake()


@pytest.fixture
def notifier() -> MemoryNotifier:
    return MemoryNotifier()


@pytest.fixture
def recovery(ledger: MemoryLedger, intake: MemoryIntake, notifier: MemoryNotifier) -> Recovery:
    return Recovery(ledger, intake, notifier, "gallery")


def names(intake: MemoryIntake) -> list[str]:
    return [each.source.key.removeprefix("incoming/") for each in intake.delivered]


def test_an_upload_without_a_job_is_delivered(recovery, intake, ledger):
    intake.stored = [upload("lost.jpg"), upload("known.jpg")]
    ledger.claim(job("known.jpg"))
    ledger.record(replace(job("known.jpg"), state="succeeded"))

    [found] = recovery.reconcile(PATIENCE, LATER)

    assert (found.why, found.key, found.done) == ("unclaimed", "incoming/lost.jpg", "redriven")
    assert found.job == job("lost.jpg").id
    assert names(intake) == ["lost.jpg"]


@pytest.mark.parametrize(
    "age", [timedelta(minutes=19), LEDGER_RETENTION + timedelta(days=1)], ids=["on its way", "forgotten"]
)
def test_an_upload_on_its_way_or_from_before_the_ledger_s_memory_is_left(recovery, intake, age):
    intake.stored = [upload("a.jpg", LATER - age)]

    assert not list(recovery.reconcile(PATIENCE, LATER))


def test_an_upload_that_was_processed_under_an_older_recipe_is_known(recovery, intake, ledger):
    intake.stored = [upload("a.jpg")]
    ledger.claim(job("a.jpg", recipe="vintage"))
    ledger.record(replace(job("a.jpg", recipe="vintage"), state="succeeded"))

    assert not list(recovery.reconcile(PATIENCE, LATER))


@pytest.mark.parametrize(
    ("state", "found"), [("claimed", 0), ("succeeded", 0), ("rejected", 1), ("failed", 1)]
)
def test_the_same_bytes_uploaded_again_are_delivered_unless_they_have_their_picture(
    recovery, intake, ledger, state, found
):
    first, later = LATER - timedelta(hours=2), LATER - timedelta(hours=1)
    old = replace(job("a.jpg"), uploaded_at=first.isoformat(), state=state)
    ledger.claim(replace(old, state="claimed"))
    ledger.record(old)
    intake.stored = [upload("a.jpg", later)]

    assert len(list(recovery.unclaimed(PATIENCE, LATER))) == found
    intake.stored = [upload("a.jpg", first)]
    assert not list(recovery.unclaimed(PATIENCE, LATER)), "it is the upload that the job is of"


@pytest.mark.parametrize("state", ["refused", "expired"])
@pytest.mark.parametrize(("uploaded", "found"), [(timedelta(minutes=-1), 0), (timedelta(minutes=1), 1)])
def test_what_was_decided_is_about_all_that_was_uploaded_before(
    recovery, intake, ledger, state, uploaded, found
):
    first = datetime.now(UTC) - timedelta(hours=2)
    old = replace(job("a.jpg"), uploaded_at=first.isoformat())
    ledger.claim(old)
    ledger.record(replace(old, state=state))
    intake.stored = [upload("a.jpg", datetime.now(UTC) + uploaded)]

    assert len(list(recovery.unclaimed(PATIENCE, LATER))) == found


SEEN = LATER - timedelta(hours=2)


@pytest.mark.parametrize(
    ("created", "size", "error", "found"),
    [
        (SEEN, 10, None, 0),
        (SEEN + timedelta(minutes=1), 10, None, 1),
        (SEEN, 11, None, 1),
        (SEEN, 10, Problem("Superseded", "Overwritten."), 1),
        (SEEN, 10, Problem("NotAPhoto", "No."), 0),
    ],
    ids=["metadata set", "overwritten", "of another size", "not read", "rejected"],
)
def test_a_blob_that_got_another_etag_is_the_same_upload_unless_it_was_overwritten(
    recovery, intake, ledger, created, size, error, found
):
    old = replace(job("a.jpg"), uploaded_at=SEEN.isoformat())
    ledger.claim(old)
    ledger.record(replace(old, state="rejected" if error else "succeeded", error=error))
    source = Source(CONTAINER, "incoming/a.jpg", "another etag", size)
    intake.stored = [Upload(source, (LATER - timedelta(hours=1)).isoformat(), created.isoformat())]

    assert len(list(recovery.unclaimed(PATIENCE, LATER))) == found


def test_a_job_that_stands_still_is_given_back_and_delivered(recovery, intake, ledger):
    ledger.claim(job("stuck.jpg"))

    [found] = recovery.reconcile(PATIENCE, LATER)

    assert (found.why, found.done) == ("stuck", "redriven")
    assert ledger.get(job("stuck.jpg").id).state == RELEASED
    assert names(intake) == ["stuck.jpg"]
    assert ledger.claim(job("stuck.jpg", execution="second"))


def test_a_job_whose_execution_still_runs_is_left(recovery, intake, ledger):
    ledger.claim(job("waits.jpg", execution="waiting"))
    ledger.claim(job("given back.jpg", execution="waiting"))
    ledger.release(ledger.get(job("given back.jpg").id))
    intake.under_way = {"waiting"}

    [found] = recovery.stuck(PATIENCE, LATER)

    assert found.key == "incoming/given back.jpg"


def test_a_job_that_is_lost_again_and_again_ends_as_failed_with_a_notification(
    recovery, intake, ledger, notifier
):
    ledger.claim(job("lost.jpg"))
    much_later = LATER + GIVEN_UP

    assert [each.done for each in recovery.stuck(PATIENCE, much_later)] == [FAILED, "notified"]

    row = ledger.get(job("lost.jpg").id)
    assert (row.state, row.document["state"], row.document["error"]["name"]) == (
        "failed",
        "failed",
        "JobLost",
    )
    [(topic, told)] = notifier.published
    assert (topic, told["id"], told["state"]) == ("error", row.id, "failed")
    assert not intake.delivered
    assert not list(recovery.stuck(PATIENCE, much_later))


def test_a_lost_job_that_ends_by_itself_meanwhile_is_left(recovery, ledger, notifier, monkeypatch):
    ledger.claim(job("a.jpg"))
    stale = list(ledger.list())
    ledger.record(replace(job("a.jpg"), state="succeeded"))
    monkeypatch.setattr(ledger, "open_before", lambda _: iter(stale))

    [found] = recovery.stuck(PATIENCE, LATER + GIVEN_UP)

    assert found.done == "skipped: it has changed meanwhile"
    assert not notifier.published


def test_an_empty_container_costs_no_look_at_the_ledger(recovery, ledger, monkeypatch):
    monkeypatch.setattr(ledger, "list", lambda: pytest.fail("the ledger was read"))

    assert not list(recovery.unclaimed(PATIENCE, LATER))


def test_a_look_keeps_few_uploads_in_memory_and_the_next_one_finds_the_others(
    recovery, intake, ledger, monkeypatch
):
    monkeypatch.setattr(core.recovery.look, "SUSPECTS", 2)
    intake.stored = [upload(f"{number}.jpg") for number in range(5)]

    assert len(list(recovery.unclaimed(PATIENCE, LATER))) == 2
    for each in intake.delivered:
        ledger.claim(job(each.source.key.removeprefix("incoming/")))
    assert len(list(recovery.unclaimed(PATIENCE, LATER))) == 2
    assert names(intake) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]


def test_an_upload_whose_job_appears_during_the_look_is_left(recovery, intake, ledger, monkeypatch):
    intake.stored = [upload("late.jpg")]
    looks = iter((lambda: ledger.claim(job("late.jpg")), lambda: None))
    read = ledger.list

    def list_and_claim():
        yield from read()
        next(looks)()

    monkeypatch.setattr(ledger, "list", list_and_claim)
    assert not list(recovery.unclaimed(PATIENCE, LATER))


def test_a_job_that_is_under_way_is_left(recovery, ledger):
    ledger.claim(job("a.jpg"))

    assert not list(recovery.reconcile(PATIENCE, datetime.now(UTC)))


def test_a_second_run_finds_nothing_new(recovery, intake, ledger):
    ledger.claim(job("stuck.jpg"))
    list(recovery.reconcile(PATIENCE, LATER))
    ledger.claim(job("stuck.jpg", execution="second"))
    ledger.record(replace(job("stuck.jpg", execution="second"), state="succeeded"))

    assert not list(recovery.reconcile(PATIENCE, LATER))
    assert names(intake) == ["stuck.jpg"]


def test_failed_jobs_are_redriven_and_no_others(recovery, intake, ledger):
    for state in ("failed", "rejected", "succeeded"):
        ledger.claim(job(state))
        ledger.record(replace(job(state), state=state))
    ledger.claim(job("claimed"))

    [found] = recovery.redrive([])

    assert (found.why, found.key, found.done) == ("failed", "incoming/failed", "redriven")
    assert names(intake) == ["failed"]


def test_what_was_given_back_but_not_delivered_is_delivered_by_the_next_run(recovery, intake, ledger):
    ledger.claim(job("a.jpg"))
    ledger.record(replace(job("a.jpg"), state="failed"))
    intake.unavailable = True
    with pytest.raises(StoreUnavailable):
        list(recovery.redrive([]))
    intake.unavailable = False

    [found] = recovery.redrive([])

    assert found.done == "redriven"
    assert names(intake) == ["a.jpg"]


def test_a_job_that_moves_on_meanwhile_is_left(recovery, intake, ledger, monkeypatch):
    ledger.claim(job("a.jpg"))
    ledger.record(replace(job("a.jpg"), state="failed"))
    stale = list(ledger.list())
    ledger.release(stale[0])
    monkeypatch.setattr(ledger, "list", lambda: iter(stale))

    [found] = recovery.redrive([])

    assert found.done == "skipped: it has changed meanwhile"
    assert not intake.delivered


def test_a_job_of_another_recipe_is_left_with_the_reason(recovery, intake, ledger):
    ledger.claim(job("a.jpg", recipe="vintage"))
    ledger.record(replace(job("a.jpg", recipe="vintage"), state="failed"))

    [found] = recovery.redrive([])

    assert found.done == "skipped: its recipe was vintage, the stack's is gallery"
    assert not intake.delivered


@pytest.mark.parametrize(
    ("dry_run", "done"), [(False, "removed: a notice"), (True, "would be removed: a notice")]
)
def test_a_letter_that_only_needs_reading_is_told_of_and_removed(ledger, intake, notifier, dry_run, done):
    place = MemoryDeadLetters([DeadLetter((), "2026-01-01", "{...}", 1, told="a notice")])

    [found] = Recovery(ledger, intake, notifier, "gallery", dry_run).redrive([place])

    assert found.done == done
    assert len(place.letters) == len(place.put) == int(dry_run)


def test_dead_letters_are_delivered_and_removed(recovery, intake):
    place = MemoryDeadLetters([DeadLetter((upload("a.jpg"), upload("b.jpg")), "then", "[...]", 1)])

    found = list(recovery.redrive([place]))

    assert [each.why for each in found] == ["undelivered", "undelivered"]
    assert names(intake) == ["a.jpg", "b.jpg"]
    assert not place.letters


def test_a_dead_letter_that_is_no_event_is_shown_and_kept(recovery):
    letter = DeadLetter((), "then", "hello", 1)
    place = MemoryDeadLetters([letter])

    [found] = recovery.redrive([place])

    assert found.done == "skipped: no upload's event: hello"
    assert place.letters == place.put == [letter]


def test_a_dry_run_finds_the_same_and_changes_nothing(ledger, intake):
    ledger.claim(job("failed"))
    ledger.record(replace(job("failed"), state="failed"))
    ledger.claim(job("stuck.jpg"))
    before = list(ledger.list())
    intake.stored = [upload("lost.jpg")]
    letter = DeadLetter((upload("dead.jpg"),), "then", "", 1)
    place = MemoryDeadLetters([letter])
    dry = Recovery(ledger, intake, MemoryNotifier(), "gallery", dry_run=True)

    found = [*dry.reconcile(PATIENCE, LATER), *dry.redrive([place])]

    assert [each.why for each in found] == ["stuck", "unclaimed", "failed", "undelivered"]
    assert {each.done for each in found} == {"would be redriven"}
    assert list(ledger.list()) == before
    assert not intake.delivered
    assert place.letters == place.put == [letter]


@pytest.mark.parametrize(
    ("late", "done"),
    [
        (timedelta(seconds=-1), []),
        (PATIENCE - timedelta(seconds=1), []),
        (PATIENCE, ["redriven"]),
        (GIVEN_UP + timedelta(seconds=1), [FAILED, "notified"]),
    ],
)
def test_a_job_that_waits_for_a_person_is_left_alone_until_after_its_own_deadline(
    recovery, ledger, notifier, late, done
):
    asked = job("reviewed.jpg")
    ledger.claim(asked)
    days = timedelta(days=3)
    review.ask(asked, int(days.total_seconds()), LATER, ledger, notifier)

    found = list(recovery.stuck(PATIENCE, LATER + days + late))

    assert [each.done for each in found] == done


def ended_unsent(ledger: MemoryLedger, name: str, state: str) -> Job:
    ended = replace(job(name), state=state)
    ledger.claim(job(name))
    ledger.record(ended)
    assert ledger.defer(ended)
    return ended


def test_a_notification_that_could_not_be_sent_is_sent_by_the_next_run(recovery, ledger, notifier):
    ended_unsent(ledger, "good.jpg", "succeeded")
    ended_unsent(ledger, "bad.jpg", "rejected")

    found = [(each.why, each.done) for each in recovery.reconcile(PATIENCE, LATER)]

    assert found == [("unsent", "notified")] * 2
    assert [(topic, told["state"]) for topic, told in notifier.published] == [
        ("success", "succeeded"),
        ("error", "rejected"),
    ]
    assert not list(recovery.reconcile(PATIENCE, LATER))


def test_a_redrive_tells_of_a_failure_before_it_runs_the_job_again(recovery, intake, ledger, notifier):
    ended_unsent(ledger, "a.jpg", "failed")

    assert [each.done for each in recovery.redrive([])] == ["notified", "redriven"]
    assert [told["state"] for _, told in notifier.published] == ["failed"]
    assert names(intake) == ["a.jpg"]


def test_a_topic_that_is_down_keeps_no_job_from_being_restarted(
    recovery, intake, ledger, notifier, monkeypatch
):
    def unavailable(topic, job):
        raise StoreUnavailable("The topic is unavailable.")

    ended_unsent(ledger, "good.jpg", "succeeded")
    ledger.claim(job("lost.jpg"))
    with monkeypatch.context() as patch:
        patch.setattr(notifier, "publish", unavailable)
        with pytest.raises(StoreUnavailable):
            list(recovery.stuck(PATIENCE, LATER))

    assert names(intake) == ["lost.jpg"]
    assert "notified" in [each.done for each in recovery.stuck(PATIENCE, LATER)]


def test_a_notification_that_another_run_sent_meanwhile_is_not_sent_again(recovery, ledger, notifier):
    ended_unsent(ledger, "a.jpg", "succeeded")
    [row] = ledger.open_before(LATER)
    ledger.open_before = lambda _: iter([row])
    ledger.sent(row)

    assert [each.done for each in recovery.stuck(PATIENCE, LATER)] == ["skipped: it has changed meanwhile"]
    assert not notifier.published


@pytest.mark.parametrize("document", [{}, {"source": {"key": "incoming/odd.jpg"}}, {"source": "none"}])
def test_a_row_that_cannot_be_read_is_named_and_stops_nothing(recovery, intake, ledger, document):
    for name in ("odd.jpg", "failed.jpg"):
        ledger.claim(job(name))
        ledger.record(replace(job(name), state="failed"))
    odd = replace(ledger.get(job("odd.jpg").id), document=document)
    intake.stored = [upload("lost.jpg"), upload("odd.jpg")]

    ledger._rows[odd.id] = odd
    redriven = list(recovery.redrive([]))
    ledger._rows[odd.id] = replace(odd, state="claimed")
    reconciled = list(recovery.reconcile(PATIENCE, LATER))

    for found in (redriven, reconciled):
        outcomes = [each.done for each in found if each.job == odd.id]
        assert outcomes[0].startswith("skipped: its row cannot be read (")
    assert {"failed.jpg", "lost.jpg"} <= set(names(intake))


def test_a_batch_is_left_to_whoever_started_it(recovery, ledger, intake):
    """It may take days, and a delivery of its list's event would start no batch."""
    listed = replace(job("list.jsonl"), batch=Batch(items=3, concurrency=1, tolerated=5.0))
    ledger.claim(listed)
    assert list(recovery.stuck(PATIENCE, LATER + timedelta(days=3))) == []

    ledger.record(replace(listed, state="failed"))
    [found] = recovery.redrive([])
    assert f"`twinlens batch redrive {listed.id[:12]}`" in found.done
    assert intake.delivered == []
