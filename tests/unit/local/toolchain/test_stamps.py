from pathlib import Path

import pytest

from local.toolchain import stamps


def test_a_digest_tells_files_and_texts_apart(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("one")
    before = stamps.digest(lock, "3.13")
    assert before == stamps.digest(lock, "3.13")
    lock.write_text("two")
    assert before != stamps.digest(lock, "3.13")
    assert stamps.digest("ab", "c") != stamps.digest("a", "bc")


def test_finished_work_is_fresh_until_something_else_is_wanted(tmp_path: Path) -> None:
    with stamps.renewing(tmp_path, "first"):
        assert not stamps.fresh(tmp_path, "first")
    assert stamps.fresh(tmp_path, "first")
    assert not stamps.fresh(tmp_path, "second")


def test_interrupted_work_is_not_fresh(tmp_path: Path) -> None:
    with stamps.renewing(tmp_path, "first"):
        pass
    with pytest.raises(KeyboardInterrupt), stamps.renewing(tmp_path, "first"):
        raise KeyboardInterrupt
    assert not stamps.fresh(tmp_path, "first")
