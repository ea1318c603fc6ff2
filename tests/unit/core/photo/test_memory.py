"""Photos in one worker wait for each other's memory, and never take more than there is."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import PhotoError, WorkerBusy
from core.photo import memory

PATIENCE = 30  # seconds, for what happens at once unless the code is wrong


@pytest.fixture(autouse=True)
def shared(monkeypatch):
    monkeypatch.setenv("TWINLENS_PHOTO_MB", "100")
    monkeypatch.setenv("TWINLENS_WAIT_SECONDS", "5")


def test_photos_together_never_hold_more_than_there_is():
    held, most = [0], [0]
    lock = threading.Lock()

    def step(mb):
        with memory.of_a_step():
            memory.take(mb)
            with lock:
                held[0] += mb
                most[0] = max(most[0], held[0])
            time.sleep(0.002)
            with lock:
                held[0] -= mb

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(step, [60, 10, 100, 40, 30, 70, 50, 20] * 5))
    assert 60 <= most[0] <= 100


def until(look):
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_small_photos_do_not_overtake_a_large_one_that_waits():
    order, first = [], threading.Event()

    def step(name, mb):
        with memory.of_a_step():
            memory.take(mb)
            order.append(name)
            if name == "first":
                first.wait()

    threads = [
        threading.Thread(target=step, args=each) for each in (("first", 60), ("large", 90), ("small", 20))
    ]
    threads[0].start()
    until(lambda: order)
    threads[1].start()
    until(memory._MEMORY._turn.locked)  # the large one waits
    threads[2].start()
    time.sleep(0.02)
    assert order == ["first"]
    first.set()
    for each in threads:
        each.join()
    assert order == ["first", "large", "small"]


def test_whoever_waits_too_long_is_told_so_and_may_try_again(monkeypatch):
    monkeypatch.setenv("TWINLENS_WAIT_SECONDS", "0.01")

    def other():
        with memory.of_a_step():
            memory.take(40)

    with memory.of_a_step():
        memory.take(70)
        with ThreadPoolExecutor(1) as pool, pytest.raises(WorkerBusy, match=r"needs 40 MB .* 100 MB that"):
            pool.submit(other).result()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(other).result()


@memory.of_a_step()
def step_that_fails():
    memory.take(80)
    memory.take(90)  # in all, not in addition
    raise PhotoError


def test_a_step_that_fails_gives_its_memory_back(monkeypatch):
    monkeypatch.setenv("TWINLENS_WAIT_SECONDS", "0")
    for _ in range(3):
        with pytest.raises(PhotoError):
            step_that_fails()


def test_a_worker_with_one_photo_at_a_time_waits_for_nothing(monkeypatch):
    monkeypatch.delenv("TWINLENS_PHOTO_MB")
    with memory.of_a_step():
        memory.take(10**6)
