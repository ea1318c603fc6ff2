import threading
import time

import pytest

from bench import sending
from bench.sending import send_together
from bench.stack import DeployedStack

PATIENCE = 30  # seconds, for what happens at once unless the code is wrong


@pytest.fixture
def three(clouds, photos):
    """Three photos to send to one stack, and the stack's cloud."""
    deployment = DeployedStack.of("aws-local")
    photo = photos / "dark.png"
    return [(deployment, photo, f"{number}.png") for number in range(3)], clouds["aws-local"]


def test_an_interruption_while_a_thread_starts_leaves_no_upload_unnoted(three, monkeypatch):
    """The pool forgets a thread whose start is interrupted, though the thread runs."""
    uploads, cloud = three
    begun = threading.Event()
    upload, start = cloud.upload, threading.Thread.start

    def slow(key, data):
        begun.set()
        time.sleep(0.1)
        return upload(key, data)

    def interrupted(thread):
        monkeypatch.setattr(threading.Thread, "start", start)  # the steps start threads, too
        start(thread)
        assert begun.wait(PATIENCE)
        raise KeyboardInterrupt

    monkeypatch.setattr(cloud, "upload", slow)
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    noted = []
    with pytest.raises(KeyboardInterrupt):
        send_together(uploads, note=noted.append)
    assert len(noted) == len(cloud.keys) == 1


class Clock:
    """A clock that a pause moves, by a little more than was asked for."""

    late = 0.01

    def __init__(self):
        self.now, self.begun = 100.0, []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        assert seconds >= 0
        self.now += seconds + self.late
        self.begun.append(self.now)


def test_an_open_loop_begins_each_upload_at_its_time_however_late_the_one_before(three, monkeypatch):
    uploads, cloud = three
    clock = Clock()
    monkeypatch.setattr(sending, "time", clock)
    send_together(uploads, rate=20)
    assert clock.begun == pytest.approx([100 + number / 20 + clock.late for number in range(3)])
    assert len(cloud.keys) == 3


def test_an_interruption_sends_nothing_that_still_waits_for_its_turn(three, monkeypatch):
    uploads, cloud = three
    upload, stopping = cloud.upload, threading.Event()

    class Watched(threading.Condition):
        def wait_for(self, predicate, timeout=None):
            stopping.set()
            return super().wait_for(predicate, timeout)

    def slow(key, data):
        assert stopping.wait(PATIENCE)
        return upload(key, data)

    pauses = iter([0, 0])

    def pause(_):
        if next(pauses, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(sending, "Condition", Watched)
    monkeypatch.setattr(sending, "SENDERS", 1)
    monkeypatch.setattr(cloud, "upload", slow)
    noted = []
    monkeypatch.setattr(sending.time, "sleep", pause)
    with pytest.raises(KeyboardInterrupt):
        send_together(uploads, 100, noted.append)
    assert len(noted) == len(cloud.keys) == 1
