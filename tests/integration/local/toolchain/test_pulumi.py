from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import PulumiCommand

from local.toolchain import build, cache, pulumi

BUILT = "#!/bin/sh\necho v3.259.0\n"


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with nothing but a shell, on which Pulumi's installer must not be used."""
    shell = tmp_path / "bin"
    shell.mkdir()
    (shell / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(shell))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def unwanted(**_: Any) -> None:
        raise AssertionError("Pulumi's installer verifies nothing")

    monkeypatch.setattr(PulumiCommand, "install", unwanted)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Builds that succeed at once, recorded by version."""
    made: list[str] = []

    def fake(target: Path, version: str) -> None:
        made.append(version)
        program(target / "pulumi", BUILT)
        program(target / "pulumi-language-python", BUILT)

    monkeypatch.setattr(build, "pulumi", fake)
    return made


@pytest.mark.parametrize(
    ("version", "usable"),
    [("v3.218.9", False), ("v3.219.0", True), ("v3.300.1", True), ("v4.0.0", False), ("", False)],
)
def test_the_machines_cli_is_taken_if_its_version_will_do(tmp_path: Path, version: str, usable: bool) -> None:
    program(tmp_path / "bin" / "pulumi", f"#!/bin/sh\necho {version}\n")
    program(tmp_path / "bin" / "pulumi-language-python", BUILT)
    assert pulumi.find() == (tmp_path / "bin" if usable else None)


def test_a_cli_without_its_language_host_will_not_do(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "pulumi", BUILT)
    assert pulumi.find() is None


def test_it_is_built_once(builds: list[str]) -> None:
    folder = pulumi.ensure()
    assert folder == cache.root() / "pulumi-3.259.0" / "bin"
    assert pulumi.ensure() == folder
    assert builds == ["3.259.0"]


def test_nothing_is_downloaded_that_has_no_checksum(builds: list[str], tmp_path: Path) -> None:
    """The modules' checksums are committed, and Go refuses what does not match them."""
    for name in ("curl", "wget"):
        program(tmp_path / "bin" / name, f"#!/bin/sh\ntouch {tmp_path / 'downloaded'}\n")
    assert pulumi.usable(pulumi.ensure())
    assert builds == ["3.259.0"]
    assert not (tmp_path / "downloaded").exists()
    sums = (Path(build.__file__).parent / "go" / "cli" / "go.sum").read_text()
    assert "\ngithub.com/pulumi/pulumi/pkg/v3 v3.259.0 h1:" in sums


def test_an_interrupted_build_leaves_nothing(builds: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(target: Path, version: str) -> None:
        program(target / "pulumi", BUILT)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build, "pulumi", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pulumi.ensure()
    assert [path.name for path in cache.root().iterdir()] == ["pulumi-3.259.0.lock"]
    assert pulumi.usable(pulumi.ensure())


def test_the_pinned_cli_is_the_sdks_and_the_modules(request: pytest.FixtureRequest) -> None:
    lock = (request.config.rootpath / "locks" / "project.txt").read_text()
    modules = (request.config.rootpath / "local" / "toolchain" / "go" / "cli" / "go.mod").read_text()
    assert "\npulumi==3.259.0 " in lock
    assert "require github.com/pulumi/pulumi/pkg/v3 v3.259.0" in modules
    assert pulumi.PINNED == (3, 259, 0)
