from pathlib import Path

import pytest

from core.errors import ObjectMissing, StoreError, TooManyBytes
from core.store.folder import FolderStore


def test_objects_are_files_below_the_folder(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put("a/b c.jpg", b"one", "image/jpeg")
    store.put("a/b c.jpg", b"two", "image/jpeg")
    assert store.get("a/b c.jpg", 3) == b"two"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b c.jpg"]


def test_what_is_missing_or_too_large_is_refused(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    (tmp_path / "a").write_bytes(b"1234")
    with pytest.raises(ObjectMissing, match="'b'"):
        store.get("b", 10)
    with pytest.raises(TooManyBytes):
        store.get("a", 3)
    with pytest.raises(StoreError, match="can't be read"):
        FolderStore(tmp_path.parent).get(tmp_path.name, 10)


@pytest.mark.parametrize("key", ["../a", "/etc/passwd", "a/../../b"])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(StoreError, match="leads out"):
        FolderStore(tmp_path).put(key, b"", "image/jpeg")


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(StoreError, match="can't be written"):
        FolderStore(tmp_path).put("a", b"data", "image/jpeg")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
