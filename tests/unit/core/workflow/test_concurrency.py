"""Branches run side by side: each goes on as soon as its own task is done."""

import pytest

from core.workflow.concurrency import side_by_side


class Host:
    """A host whose task of the first of several is their list."""

    def first(self, tasks):
        return tasks


def branch(name, log, *tasks):
    results = []
    for task in tasks:
        results.append((yield task))
        log.append((name, task))
    return name, results


def drive(generator, order, failing=()):
    """Finish tasks in the given order; a task yielded alone is the one that was just named the winner."""
    done = []
    send = None
    while True:
        try:
            waiting = generator.throw(send) if isinstance(send, Exception) else generator.send(send)
        except StopIteration as stop:
            return stop.value
        if isinstance(waiting, list):
            send = next(task for task in order if task in waiting and task not in done)
            done.append(send)
        else:
            send = RuntimeError(waiting) if waiting in failing else f"result of {waiting}"


def test_a_branch_does_not_wait_for_the_other():
    log = []
    branches = [branch("slow", log, "a1"), branch("quick", log, "b1", "b2")]

    results = drive(side_by_side(branches, Host()), ["b1", "b2", "a1"])

    assert log == [("quick", "b1"), ("quick", "b2"), ("slow", "a1")]
    assert results == [("slow", ["result of a1"]), ("quick", ["result of b1", "result of b2"])]


def test_a_branch_without_tasks_is_done_at_once():
    assert drive(side_by_side([branch("idle", [])], Host()), []) == [("idle", [])]


def test_no_branches_give_no_results():
    assert drive(side_by_side([], Host()), []) == []


def test_the_first_error_ends_all():
    log = []
    branches = [branch("slow", log, "a1"), branch("faulty", log, "b1")]

    with pytest.raises(RuntimeError, match="b1"):
        drive(side_by_side(branches, Host()), ["b1", "a1"], failing={"b1"})
    assert log == []


def test_a_branch_may_survive_an_error():
    def stubborn():
        try:
            yield "a1"
        except RuntimeError:
            return (yield "a2")

    assert drive(side_by_side([stubborn()], Host()), ["a1", "a2"], failing={"a1"}) == ["result of a2"]
