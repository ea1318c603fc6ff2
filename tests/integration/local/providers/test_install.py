import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from local.providers.install import install


@pytest.mark.parametrize(("name", "sdk"), [("aws", "pulumi-aws"), ("azure-native", "pulumi-azure-native")])
def test_plugin_answers_with_a_port_and_ends_with_its_parent(tmp_path, name, sdk):
    install(tmp_path / "a home", Path(sys.executable))
    plugin = tmp_path / "a home" / "plugins" / f"resource-{name}-v{version(sdk)}" / f"pulumi-resource-{name}"
    assert os.access(plugin, os.X_OK)
    # The shell in between starts the plugin, passes its port on and is gone: so must the plugin be.
    script = f'"{plugin}" 127.0.0.1:1 > port & echo $!; while ! [ -s port ]; do sleep 0.1; done; cat port'
    told = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    pid, port = told.stdout.split()
    assert int(port) > 0
    for _ in range(50):
        if not Path(f"/proc/{pid}").exists():
            break
        subprocess.run(["sleep", "0.2"], check=True)
    assert not Path(f"/proc/{pid}").exists()
