"""Scheduled runs: what they look for, and that they are bounded, in findings and in time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

import core.recovery.look
import core.recovery.schedule
from core.errors import ObjectMissing
from core.job import Job, Source, job_id
from core.memory import MemoryLedger, MemoryNotifier
from core.ports import Upload
from core.recovery.jobs import Recovery
from core.recovery.look import Look, restored
from core.recovery.schedule import InParts, by_schedule
from core.recovery.seen import Seen

PATIENCE = timedelta(minutes=20)
HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)
UNITS = 200


def upload(name):
    return Upload(Source("photos", f"incoming/{name}", f"etag-{name}", 10), HOUR_AGO.isoformat())


def job(name):
    source = upload(name).source
    identifier = job_id(source.container, source.key, source.etag, "gallery")
    return Job(identifier, "gallery", source, "first", HOUR_AGO.isoformat(), "")


class Cloud:
    """Uploads and a ledger in memory, which are read in pages of two; what one run may read is counted."""

    def __init__(self):
        self.ledger, self.stored, self.delivered = MemoryLedger(), [], []
        self.kept = None
        self.pages = 0
        self.recovery = Recovery(self.ledger, self, MemoryNotifier(), "gallery")

    def uploads(self):
        yield from self.stored

    def deliver(self, each):
        self.delivered.append(each.source.key.removeprefix("incoming/"))

    def running(self, execution):
        return False

    def load(self):
        if self.kept is None:
            raise ObjectMissing("Nothing was saved.")
        return self.kept

    def save(self, data):
        self.kept = data

    def end(self, *names, state="succeeded"):
        for name in names:
            self.ledger.claim(job(name))
            self.ledger.record(replace(job(name), state=state))

    def run(self, find, pages=UNITS, patience=PATIENCE):
        """Do one run that may read so many pages."""
        until = self.pages + pages
        in_parts = InParts(
            self._read(lambda: list(self.ledger.list()), lambda row: row.id),
            self._read(lambda: self.stored, lambda each: each.source.key),
            self,
            lambda: self.pages >= until,
        )
        return by_schedule(self.recovery, find, patience, in_parts)

    def _read(self, items, key):
        def read(after):
            ordered = sorted(items(), key=key)
            left = ordered[bisect_right([key(each) for each in ordered], after) :]
            for begin in range(0, len(left), 2):
                self.pages += 1
                yield left[begin : begin + 2], key(left[begin : begin + 2][-1])

        return read


@pytest.fixture(autouse=True)
def small_filter(monkeypatch):
    monkeypatch.setattr(core.recovery.look, "MEGABYTES", 1)


@pytest.fixture
def cloud():
    return Cloud()


def test_a_run_without_parts_delivers_a_bounded_number(cloud, monkeypatch):
    monkeypatch.setattr(core.recovery.schedule, "AT_MOST", 2)
    cloud.stored = [upload(f"{number}.jpg") for number in range(3)]

    assert by_schedule(cloud.recovery, "unclaimed", PATIENCE) == {"unclaimed: redriven": 2}
    assert len(cloud.delivered) == 2


def test_a_run_looks_for_what_it_is_asked(cloud):
    cloud.stored = [upload("lost.jpg")]
    cloud.ledger.claim(job("stuck.jpg"))

    for run in (
        lambda *asked: by_schedule(cloud.recovery, *asked),
        lambda find, age: cloud.run(find, patience=age),
    ):
        assert not run("stuck", PATIENCE)
        assert run("unclaimed", PATIENCE) == {"unclaimed: redriven": 1}
    assert cloud.run("stuck", patience=timedelta(seconds=-1)) == {"stuck: redriven": 1}
    assert cloud.kept is None


@pytest.mark.parametrize("find", ["stuck", "unclaimed"])
def test_every_run_deletes_the_rows_of_ended_jobs_after_their_retention(cloud, monkeypatch, find):
    cloud.end("ended.jpg")
    cloud.ledger.claim(job("open.jpg"))

    assert not cloud.run(find)
    monkeypatch.setattr(core.recovery.schedule, "LEDGER_RETENTION", timedelta(seconds=-1))
    assert cloud.run(find) == {"expired: deleted": 1}
    assert [row.id for row in cloud.ledger.list()] == [job("open.jpg").id]


def test_rows_expire_as_long_as_there_is_time_and_the_next_run_goes_on(cloud, monkeypatch):
    cloud.end(*map(str, range(7)))
    monkeypatch.setattr(core.recovery.schedule, "LEDGER_RETENTION", timedelta(seconds=-1))
    monkeypatch.setattr(core.recovery.schedule, "EXPIRED_AT_ONCE", 2)

    assert cloud.run("stuck", pages=0) == {"expired: deleted": 2}
    assert cloud.run("stuck") == {"expired: deleted": 5}


def test_a_look_that_runs_out_of_time_goes_on_in_the_runs_for_stuck_jobs(cloud):
    cloud.end(*(f"{number}.jpg" for number in range(10)))
    cloud.stored = [upload(f"{number}.jpg") for number in range(12)]
    reading = 1 + 5 + 6 + 5  # a page of uploads, all rows, all uploads, all rows again

    for run in count():
        before = cloud.pages
        cloud.run("stuck" if run else "unclaimed", pages=2)
        assert cloud.pages - before <= 3
        if cloud.kept == b"":
            break
    assert sorted(cloud.delivered) == ["10.jpg", "11.jpg"]
    assert cloud.pages <= reading + 2
    assert run >= reading // 2 - 1
    assert not cloud.run("stuck")


def test_a_look_that_is_not_over_after_a_day_is_not_begun_anew(cloud):
    cloud.end("0.jpg")
    cloud.stored = [upload(f"{number}.jpg") for number in range(2, 9)]
    for _ in range(20):
        cloud.run("unclaimed", pages=1)
    assert sorted(set(cloud.delivered)) == [f"{number}.jpg" for number in range(2, 9)]


def test_what_a_look_found_is_delivered_bit_by_bit(cloud, monkeypatch):
    monkeypatch.setattr(core.recovery.schedule, "AT_MOST", 2)
    cloud.stored = [upload(f"{number}.jpg") for number in range(5)]

    assert cloud.run("unclaimed") == {"unclaimed: redriven": 2}
    assert cloud.run("stuck") == {"unclaimed: redriven": 2}
    assert cloud.run("stuck") == {"unclaimed: redriven": 1}
    assert (len(set(cloud.delivered)), cloud.kept) == (5, b"")


def test_a_look_of_another_version_is_begun_anew(cloud):
    cloud.stored, cloud.kept = [upload("lost.jpg")], b'{"of": "another version"}\n...'

    assert not cloud.run("stuck")
    assert cloud.run("unclaimed") == {"unclaimed: redriven": 1}


@pytest.mark.parametrize("data", [b"", b"{}", b"{]\n", b"\x00\xff"])
def test_what_is_no_look_is_none(data):
    assert restored(data) is None


def test_a_look_is_the_same_after_it_was_kept(cloud):
    look = Look(PATIENCE, datetime.now(UTC), "uploads", "incoming/b.jpg", seen=Seen(1))
    look.found = {
        each.source.key: each for each in (upload("a.jpg"), replace(upload("é\n.jpg"), created_at="then"))
    }
    look.seen.add("incoming/c.jpg", "e")
    again = restored(look.to_bytes())
    assert ("incoming/c.jpg", "e") in again.seen
    assert ("incoming/d.jpg", "e") not in again.seen
    assert replace(again, seen=look.seen) == look
