from pathlib import Path

import pytest

from local.toolchain import environments, node


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(environments, "ready", lambda _: False)
    return tmp_path


def program(path: Path, told: str) -> None:
    path.write_text(f"#!/bin/sh\necho {told}\n")
    path.chmod(0o755)


def test_the_machines_node_is_taken(tools: Path) -> None:
    program(tools / "node", "v20.1.0")
    program(tools / "npm", "10.0.0")
    found = node.find()
    assert found == node.Node(tools / "node", (tools / "npm",))
    assert found.environment()["PATH"].startswith(f"{tools}:")


def test_an_old_node_or_one_without_npm_will_not_do(tools: Path) -> None:
    program(tools / "node", "v20.1.0")
    assert node.find() is None
    program(tools / "npm", "10.0.0")
    program(tools / "node", "v16.20.0")
    assert node.find() is None


def test_the_wheel_is_installed_where_node_is_missing(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(environments, "install", installed.append)
    found = node.ensure()
    assert installed == ["node"]
    assert found.npm[0] == found.node
    assert found.npm[1].name == "npm-cli.js"
