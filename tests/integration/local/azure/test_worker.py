"""The worker's imports: what is the host's, what the app's, and what neither may see."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.azure import worker

PROBE = """
import importlib, importlib.util, json, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("worker", sys.argv[1])
worker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worker)
worker.set_up_imports(Path(sys.argv[2]), Path(sys.argv[3]))
found = {}
for name in sys.argv[4:]:
    try:
        found[name] = importlib.import_module(name).__file__
    except ImportError:
        found[name] = None
print(json.dumps(found))
"""


def module(folder: Path, name: str) -> None:
    path = folder.joinpath(*name.split("."))
    path.mkdir(parents=True)
    (path / "__init__.py").touch()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    app, host = tmp_path / "app", tmp_path / "host"
    for name in (
        "azure.functions",
        "azure.durable_functions",
        "azure.storage.blob",
        "durabletask",
        "packaging",
    ):
        module(host, name)
    module(app, "core")
    for name in ("azure.functions", "azure.durable_functions", "azure.storage.blob", "packaging"):
        module(app / worker.APP_PACKAGES, name)
    return app, host


def origins(app: Path, host: Path, *names: str) -> dict[str, Any]:
    command = [sys.executable, "-I", "-S", "-c", PROBE, worker.__file__, str(app), str(host), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=app)
    found = json.loads(done.stdout)
    places = {"host": host, "app": app}
    return {
        name: next((place for place, folder in places.items() if file and file.startswith(str(folder))), file)
        for name, file in found.items()
    }


def test_durable_and_functions_are_the_hosts_the_rest_is_the_apps(folders: tuple[Path, Path]) -> None:
    assert origins(
        *folders, "azure.functions", "azure.durable_functions", "durabletask", "azure.storage.blob", "core"
    ) == {
        "azure.functions": "host",
        "azure.durable_functions": "host",
        "durabletask": "host",
        "azure.storage.blob": "app",
        "core": "app",
    }


def test_what_the_worker_needs_is_the_apps_if_it_has_it(folders: tuple[Path, Path]) -> None:
    module(folders[1], "werkzeug")
    assert origins(*folders, "packaging", "werkzeug") == {"packaging": "app", "werkzeug": "host"}


def test_nothing_else_is_to_be_seen(folders: tuple[Path, Path]) -> None:
    module(folders[1], "azure.identity")
    names = ("azure.identity", "local", "components", "handlers", "pytest")
    assert origins(*folders, *names) == dict.fromkeys(names)


def test_an_app_that_carries_nothing_gets_the_hosts(tmp_path: Path, folders: tuple[Path, Path]) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    assert origins(bare, folders[1], "azure.functions") == {"azure.functions": "host"}
