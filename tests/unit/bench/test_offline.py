from pathlib import Path

import pytest

from bench import offline
from bench.offline import process_all, targets
from core import recipes


@pytest.mark.parametrize(("cores", "sent"), [(8, ("dark.png",)), (1, ("dark.png", "light one.jpg"))])
def test_one_photo_or_one_core_needs_no_process(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, sent: tuple[str, ...]
) -> None:
    monkeypatch.setattr(offline.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(offline, "ProcessPoolExecutor", lambda *_, **__: pytest.fail("it starts a process"))
    folders = targets([photos / name for name in sent], tmp_path / "out")
    results = list(process_all(folders, recipes.load("gallery")))
    assert [(each.photo.name, each.state) for each in results] == [(name, "succeeded") for name in sent]
