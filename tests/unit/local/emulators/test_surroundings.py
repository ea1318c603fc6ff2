from pathlib import Path

import pytest

from local.emulators.surroundings import clean


def test_settings_for_real_clouds_do_not_reach_an_emulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AZURE_STORAGE_KEY", "PYTHONPATH", "TWINLENS_LOCAL"):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("LANG", "C.UTF-8")
    environment = clean(tmp_path, GATEWAY_PORT="4566")
    assert "mine" not in environment.values()
    assert environment["LANG"] == "C.UTF-8"
    assert environment["GATEWAY_PORT"] == "4566"


def test_temporary_files_stay_in_the_set_up(tmp_path: Path) -> None:
    temporary = Path(clean(tmp_path)["TMPDIR"])
    assert temporary.is_dir()
    assert temporary.is_relative_to(tmp_path)
