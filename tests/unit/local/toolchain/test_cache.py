from pathlib import Path

import pytest

from local.toolchain import cache


def test_the_cache_is_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.root() == tmp_path / "twinlens"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.root() == tmp_path / ".cache" / "twinlens"


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "tool"
    with cache.drafting(folder) as draft:
        (draft / "program").write_text("new")
        assert not folder.exists()
    assert (folder / "program").read_text() == "new"
    assert list(tmp_path.iterdir()) == [folder]


def test_an_interrupted_draft_leaves_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "tool"
    folder.mkdir()
    (folder / "program").write_text("old")

    def interrupted() -> None:
        with cache.drafting(folder) as draft:
            (draft / "program").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (folder / "program").read_text() == "old"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_killed_draft_is_thrown_away(tmp_path: Path) -> None:
    left = tmp_path / "tool.draft"
    left.mkdir()
    (left / "half").touch()
    with cache.drafting(tmp_path / "tool") as draft:
        assert list(draft.iterdir()) == []


def test_a_free_lock_is_taken_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with cache.locked(tmp_path / "new" / "lock", "waiting"):
        assert capsys.readouterr().err == ""
