import pytest

from core.files import write_whole


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "run.json"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_file_may_be_its_owners_alone(tmp_path):
    write_whole(tmp_path / "state.json", b"{}", mode=0o600)
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_leaves_the_old_file(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]
