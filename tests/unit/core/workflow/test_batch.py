"""A batch, on the host in memory: every item once, page by page, and one summary."""

import json
from dataclasses import replace

import pytest

from core.batch.items import PAGE, Item, to_list
from core.batch.summary import NAME
from core.job import Batch, Job, Problem, Source
from core.memory import MemoryLedger, MemoryNotifier, MemoryStore
from core.memory.host import MemoryHost
from core.ports import Upload
from core.steps import Tools
from core.trace import Stopwatch
from core.workflow import activities
from core.workflow.batch import batch_of
from core.workflow.calls import Fault
from core.workflow.document import from_document, to_document
from core.workflow.granularity import FUSED, all_steps, pipeline_in

WORKFLOW = batch_of(pipeline_in(FUSED))
LIST = "batches/one.jsonl"


class Stack:
    """A stack in memory whose step fails for photos that are named so."""

    def __init__(self, monkeypatch, names):
        self.ledger, self.notifier, self.calls, self.at_once = MemoryLedger(), MemoryNotifier(), [], []
        uploads = [Upload(Source("uploads", name, name, 5), "2026-01-02T00:00:00Z") for name in names]
        self.items = [Item(each, "gallery") for each in uploads]
        self.output = MemoryStore({LIST: to_list(self.items)})
        monkeypatch.setattr(activities, "execute", self._execute)
        self._activities = activities.activities(
            all_steps(),
            claims=lambda: self.ledger,
            notifier=lambda: self.notifier,
            tools=lambda: Tools(MemoryStore(), self.output, None),
        )

    def _execute(self, name, job, tools, attempt):
        self.calls.append(job.source.key)
        if "bad" in job.source.key:
            raise ValueError("It is bad.")
        if "poem" in job.source.key:
            return replace(job, error=Problem("NotAPhoto", "It is a poem."))
        return replace(job, trace=(*job.trace, Stopwatch(name, attempt).stop()))

    def run(self, tolerated=5.0, concurrency=4, identity="one"):
        source = Source("results", LIST, identity, 1)
        batch = Batch(len(self.items), concurrency, tolerated)
        job = Job(f"batch-{identity}", "gallery", source, "", "2026-01-02T00:00:00Z", "", batch=batch)
        host = MemoryHost(job.to_document(), self._activities, execution=f"execution-{identity}")
        return host.run(WORKFLOW)

    def summary(self, identity="one"):
        return json.loads(self.output.objects[f"jobs/batch-{identity}/{NAME}"])


def test_every_item_runs_once_over_several_pages(monkeypatch):
    names = [f"{number}.jpg" for number in range(2 * PAGE + 7)]
    stack = Stack(monkeypatch, names)

    done = stack.run()

    assert sorted(stack.calls) == sorted(names)
    assert done["state"] == "succeeded"
    assert done["batch"] == {"items": len(names), "concurrency": 4, "tolerated": 5.0, "begun": 0, "failed": 0}
    assert stack.summary()["counts"] == {"succeeded": len(names)}
    assert [topic for topic, _ in stack.notifier.published].count("success") == len(names) + 1


def test_what_was_processed_is_skipped_and_what_is_no_photo_is_no_failure(monkeypatch):
    stack = Stack(monkeypatch, ["a.jpg", "poem.jpg", "b.jpg"])
    stack.run()
    again = [
        replace(each, upload=replace(each.upload, stored_at="2026-01-03T00:00:00Z")) for each in stack.items
    ]
    stack.output.objects[LIST] = to_list(again)

    stack.run(tolerated=0.0, identity="two")

    assert sorted(stack.calls) == ["a.jpg", "b.jpg", "poem.jpg", "poem.jpg"]
    summary = stack.summary("two")
    assert summary["counts"] == {"skipped": 2, "rejected": 1}
    assert [(each["key"], each["end"]) for each in summary["without_picture"]] == [("poem.jpg", "rejected")]


def test_a_failed_item_is_tolerated_and_listed(monkeypatch):
    stack = Stack(monkeypatch, ["bad.jpg", *(f"{number}.jpg" for number in range(9))])

    done = stack.run(tolerated=10.0)

    assert done["state"] == "succeeded"
    [listed] = stack.summary()["without_picture"]
    assert (listed["key"], listed["end"], listed["reason"]) == ("bad.jpg", "failed", "It is bad.")


def test_a_batch_of_which_too_many_fail_stops_and_says_what_was_done(monkeypatch):
    stack = Stack(
        monkeypatch, [*(f"bad{number}.jpg" for number in range(5)), *(f"{n}.jpg" for n in range(70))]
    )

    with pytest.raises(Fault, match="BatchStopped"):
        stack.run(tolerated=5.0, concurrency=1)

    assert len(stack.calls) == 4
    assert stack.summary()["counts"] == {"failed": 4, "missing": 71}
    assert stack.ledger.get("batch-one").state == "failed"
    topic, message = stack.notifier.published[-1]
    assert (topic, message["artifacts"][0]["name"]) == ("error", NAME)


def test_a_second_delivery_of_a_batch_is_a_duplicate(monkeypatch):
    stack = Stack(monkeypatch, ["a.jpg"])
    stack.run()

    source = Job.from_document(stack.ledger.get("batch-one").document)
    host = MemoryHost(replace(source, state="claimed").to_document(), stack._activities, execution="other")

    assert host.run(WORKFLOW)["state"] == "duplicate"
    assert stack.calls == ["a.jpg"]


def test_a_batch_can_be_stored_with_its_items_workflow():
    assert from_document(json.loads(json.dumps(to_document(WORKFLOW)))) == WORKFLOW
