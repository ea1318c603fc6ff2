"""What is read of a deployed stack, with the engine's answers in place of the engine."""

from types import SimpleNamespace

import pytest
from pulumi.automation import CommandResult
from pulumi.automation.errors import create_command_error

from bench import stack
from bench.stack import DeployedStack
from core.errors import SetupError


@pytest.fixture
def engine(monkeypatch):
    """Have Pulumi answer with these outputs, or fail with this text."""

    def answer(outputs=None, fails=""):
        def values():
            if fails:
                raise create_command_error(CommandResult("", fails, 255))
            return outputs

        command = SimpleNamespace(reason=lambda: fails)
        monkeypatch.setattr(stack, "opened", lambda _: SimpleNamespace(values=values, command=command))

    monkeypatch.setattr(stack, "connect", lambda outputs: SimpleNamespace(of=outputs["cloud"]))
    return answer


def test_a_stack_on_a_cloud_is_connected_to_and_no_emulator_looked_for(engine, monkeypatch):
    engine({"cloud": "azure", "inputPrefix": "incoming/"})
    monkeypatch.setattr(stack.emulators, "check", lambda: pytest.fail("no emulator is there"))
    found = DeployedStack.of("prod")
    found.check()
    assert (found.where, found.connection.of, found.key("a b.jpg")) == ("cloud", "azure", "incoming/a b.jpg")


def test_a_local_stack_enters_the_emulators_and_looks_after_them(engine, monkeypatch):
    engine({"cloud": "aws"})
    did = []
    monkeypatch.setattr(stack.emulators, "enter", lambda: did.append("entered"))
    monkeypatch.setattr(stack.emulators, "check", lambda: did.append("checked"))
    found = DeployedStack.of("aws-local")
    found.check()
    assert found.where == "emulator"
    assert did == ["entered", "checked"]


def test_only_the_first_line_of_a_reason_is_said(engine):
    engine(fails="no stack named 'prod' found\nmore of it")
    with pytest.raises(SetupError) as refused:
        DeployedStack.of("prod")
    assert str(refused.value) == (
        "Pulumi cannot read the stack 'prod': no stack named 'prod' found. `pulumi up -s prod` creates it."
    )


def test_a_stack_without_outputs_is_not_deployed(engine):
    engine({})
    with pytest.raises(SetupError, match="Nothing is deployed in the stack 'prod'"):
        DeployedStack.of("prod")


def test_without_the_cli_nothing_is_opened(monkeypatch):
    monkeypatch.setattr(stack.shutil, "which", lambda _: None)
    with pytest.raises(SetupError, match="The Pulumi CLI is not on PATH: `twinlens doctor`"):
        stack.opened("prod")
