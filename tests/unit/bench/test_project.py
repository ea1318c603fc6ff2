"""Where a stack's config is found, with a checkout and without one."""

import pytest

from bench import project
from core.errors import SettingsError, SetupError


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A working directory that is no checkout, of an installed package."""
    monkeypatch.setattr(project, "_CODE", tmp_path / "site-packages")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_the_checkout_of_this_code_is_the_project_wherever_one_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (project.root() / "components").is_dir()
    assert project.in_checkout()
    assert project.config("aws")["twinlens:cloud"] == "aws"


def test_an_installed_package_finds_the_project_above_the_working_directory(elsewhere):
    (elsewhere.parent / "Pulumi.yaml").touch()
    assert project.root() == elsewhere.parent
    assert not project.in_checkout()


def test_without_a_project_the_config_of_the_working_directory_counts(elsewhere):
    (elsewhere / "Pulumi.mine.yaml").write_text("config: {twinlens:cloud: azure}")
    assert project.config("org/project/mine") == {"twinlens:cloud": "azure"}
    with pytest.raises(SetupError, match=r"needs a checkout of Twinlens.* Pulumi.yaml"):
        project.root()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config: [", "is not valid YAML"),
        ("config: text", "it needs a table `config`"),
        ("- a list", "it needs a table `config`"),
    ],
)
def test_a_config_that_is_none_is_named(elsewhere, text, said):
    (elsewhere / "Pulumi.mine.yaml").write_text(text)
    with pytest.raises(SettingsError, match=rf"Pulumi.mine.yaml .*{said}"):
        project.config("mine")


def test_a_stack_without_a_config_is_named(elsewhere):
    with pytest.raises(SettingsError, match="There is no stack 'mine'"):
        project.config("mine")


def test_an_empty_config_is_one(elsewhere):
    (elsewhere / "Pulumi.mine.yaml").write_text("")
    assert project.config("mine") == {}
