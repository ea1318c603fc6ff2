from pathlib import Path

import pytest

from local.errors import ToolMissing
from local.toolchain import chromium


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_a_browser_on_path_is_taken(folder: Path) -> None:
    browser = folder / "google-chrome"
    browser.touch(mode=0o755)
    assert chromium.ensure() == browser


def test_without_apt_the_message_says_what_to_do(folder: Path) -> None:
    with pytest.raises(ToolMissing, match="apt-get install chromium"):
        chromium.ensure()


def test_apt_needs_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "apt-get").touch(mode=0o755)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(ToolMissing, match="only root"):
        chromium.ensure()
