import errno
from pathlib import Path

import pytest

from local.emulators import setup
from local.errors import EmulatorFailed


def test_a_folder_that_can_not_be_written_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read-only for root, so the system's answer stands for a read-only checkout."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(tmp_path))

    monkeypatch.setattr(Path, "mkdir", refused)

    with pytest.raises(EmulatorFailed) as caught, setup._exclusive(tmp_path / ".twinlens"):
        pass

    assert str(caught.value) == (
        f"{tmp_path / '.twinlens'} can't be used: read-only file system. "
        "TWINLENS_LOCAL=/tmp/twinlens/local.json, for example, names another place."
    )
