import sys

import pytest
import yaml

from bench import project
from bench.faults import injected
from core.chaos import Profile
from core.errors import SetupError

CLI = f"""#!{sys.executable}
import json, os, shutil, sys
from pathlib import Path

asked, here = sys.argv[2:], Path(__file__).parent
match asked[:2]:
    case ["stack", "output"]:
        print("{{}}")
    case ["up", _]:
        config = asked[asked.index("--config-file") + 1]
        number = len(list(here.glob("up-*")))
        shutil.copy(config, here / f"up-{{number}}")
        Path(config).write_text("spoilt")
        if (here / "fails").exists():
            sys.exit("error: the bucket is taken")
"""


@pytest.fixture
def stack(tmp_path, monkeypatch):
    """A stack on a real cloud that allows faults, with a Pulumi that keeps the config it was given."""
    config = tmp_path / "Pulumi.dev.yaml"
    config.write_text("config: {twinlens:allowChaos: true}\n")
    (tmp_path / "pulumi").write_text(CLI)
    (tmp_path / "pulumi").chmod(0o755)
    (tmp_path / "Pulumi.yaml").touch()
    monkeypatch.setattr(project, "_CODE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    yield "dev"
    assert config.read_text() == "config: {twinlens:allowChaos: true}\n"


def test_a_stack_on_a_real_cloud_is_deployed_over_a_copy_of_its_config(stack, tmp_path):
    warned = []
    with injected(Profile(error=0.5), [stack], warned.append):
        pass
    first, second = (yaml.safe_load((tmp_path / f"up-{number}").read_text())["config"] for number in range(2))
    assert first == {"twinlens:allowChaos": True, "twinlens:chaos": "error=0.5"}
    assert second == {"twinlens:allowChaos": True}
    assert warned == []


def test_a_deployment_that_fails_says_why(stack, tmp_path):
    (tmp_path / "fails").touch()
    warned = []
    with (
        pytest.raises(SetupError, match=r"cannot deploy the stack 'dev'.\nthe bucket is taken"),
        injected(Profile(error=0.5), [stack], warned.append),
    ):
        raise AssertionError("the block is not entered")
    assert "may still inject faults" in warned[0]
