from pathlib import Path

import pytest

from local import state
from local.errors import NotRunning
from local.state import AwsEmulator, AzureEmulator, LocalState, PulumiBackend

RUNNING = LocalState(
    aws=AwsEmulator(
        endpoint="http://127.0.0.1:1", pid=11, region="us-east-1", access_key="AKIA", secret_key="s"
    ),
    azure=AzureEmulator(
        blob="http://127.0.0.1:2",
        queue="http://127.0.0.1:3",
        table="http://127.0.0.1:4",
        key="secret",
        accounts=("one", "two"),
        control="http://127.0.0.1:5",
        token="token",
        pids={"azurite": 12, "azure-host": 13},
    ),
    pulumi=PulumiBackend(home="/home", backend="file:///stacks", passphrase="words"),
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "set-up" / "local.json"
    monkeypatch.setenv("TWINLENS_LOCAL", str(path))
    return path


def test_what_is_saved_is_loaded(file: Path) -> None:
    state.save(RUNNING)
    assert state.load() == RUNNING
    assert [path.name for path in file.parent.iterdir()] == ["local.json"]


def test_only_the_owner_may_read_the_keys(file: Path) -> None:
    state.save(RUNNING)
    assert file.stat().st_mode & 0o077 == 0


def test_without_a_file_the_message_says_what_to_do(file: Path) -> None:
    with pytest.raises(NotRunning, match="twinlens local up"):
        state.load()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"aws": {}}', '{"aws": 1, "azure": 2, "pulumi": 3}'])
def test_a_file_of_no_use_is_named(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(NotRunning, match=r"local\.json"):
        state.load()


def test_the_checkouts_own_file_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWINLENS_LOCAL", raising=False)
    assert state.path() == state.CHECKOUT / ".twinlens" / "local.json"
