from pathlib import Path

import pytest

from bench.photos import photos_in


def test_photos_are_files_with_a_photo_s_suffix_in_any_case_sorted_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder.jpg").mkdir()
    for name in ("c.jpg", "B.JPEG", "notes.txt", "a.png"):
        (tmp_path / name).touch()
    found = [tmp_path / name for name in ("c.jpg", "B.JPEG", "folder.jpg", "notes.txt", "a.png")]
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(found))  # a file system has any order
    assert [path.name for path in photos_in(tmp_path)] == ["B.JPEG", "a.png", "c.jpg"]
