"""The way to the emulators, and what is said where they cannot be used."""

import os

import pytest

from bench import emulators, project
from core.errors import SetupError
from local.errors import NotRunning


def test_a_package_of_the_extra_that_is_missing_is_named_with_how_to_get_it():
    with pytest.raises(SetupError, match=r"need the package 'psutil'.* run `make setup`"), emulators.extra():
        raise ModuleNotFoundError("No module named 'psutil'", name="psutil")


def test_an_installed_package_has_no_emulators(monkeypatch, tmp_path):
    monkeypatch.setattr(project, "_CODE", tmp_path)
    with pytest.raises(SetupError, match="need a checkout"), emulators.extra():
        raise AssertionError("the block is not entered")


@pytest.fixture
def answering(monkeypatch):
    monkeypatch.setattr("local.emulators.check", lambda: None)
    monkeypatch.setattr("local.environment.variables", lambda: {"TWINLENS_TEST": "reached"})
    monkeypatch.setenv("TWINLENS_TEST", "not yet")


def test_the_process_is_pointed_at_them(answering):
    emulators.enter()
    assert os.environ["TWINLENS_TEST"] == "reached"


def test_a_local_stack_is_deployed_with_the_settings(monkeypatch):
    deployed = []
    monkeypatch.setattr("local.stack.up", lambda name, settings: deployed.append((name, settings)))
    emulators.deploy("aws-local", {"twinlens:chaos": "storm"})
    assert deployed == [("aws-local", {"twinlens:chaos": "storm"})]


def test_they_explain_trouble_only_where_they_are_used(answering, monkeypatch):
    monkeypatch.delenv(emulators.VARIABLE, raising=False)
    monkeypatch.setattr("local.emulators.check", ended)
    assert emulators.trouble() is None
    monkeypatch.setenv(emulators.VARIABLE, "local.json")
    assert emulators.trouble() == "An emulator has ended: Azurite."
    monkeypatch.setattr("local.emulators.check", lambda: None)
    assert emulators.trouble() is None


def ended():
    raise NotRunning("An emulator has ended: Azurite.")
