import logging
import sys
from importlib.metadata import version
from io import BytesIO, TextIOWrapper

import pytest
from azure.core.exceptions import HttpResponseError
from botocore.exceptions import NoCredentialsError
from typer.testing import CliRunner

from cli import main as main_module
from cli.main import app, explain, main
from core.errors import SetupError


@pytest.fixture
def entry(monkeypatch):
    """Run `twinlens` in place of which `act` is called."""

    def run(act):
        monkeypatch.setattr(main_module, "app", act)
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code

    return run


def raising(error):
    def act():
        raise error

    return act


def test_prints_its_version(run):
    assert run.invoke(app, ["--version"]).stdout.strip() == version("twinlens")


def test_an_explained_error_is_one_line_and_exit_1(entry, capsys):
    assert entry(raising(SetupError("The recipe [x] is missing."))) == 1
    assert capsys.readouterr().err == "The recipe [x] is missing.\n"


def test_further_lines_of_an_explanation_are_kept(entry, capsys):
    assert entry(raising(SetupError("Pulumi failed.\n  error: [no] such thing"))) == 1
    assert capsys.readouterr().err == "Pulumi failed.\n  error: [no] such thing\n"


def test_a_library_says_nothing_beside_the_explanation(entry):
    entry(raising(SetupError("The store can't answer.")))
    assert not logging.getLogger("azure.storage.blob._shared.response_handlers").isEnabledFor(logging.WARNING)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_name_that_the_terminal_can_not_show_is_escaped(monkeypatch, encoding):
    terminal = TextIOWrapper(BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setattr(main_module, "app", lambda: sys.stdout.write("Snow ☃.webp"))

    main()

    terminal.flush()
    assert terminal.buffer.getvalue() == b"Snow \\u2603.webp"


def test_an_unexpected_error_is_named(entry, capsys):
    assert entry(raising(ZeroDivisionError("division by zero"))) == 1
    assert capsys.readouterr().err == (
        "This is an error in Twinlens, ZeroDivisionError: division by zero. "
        "Set TWINLENS_DEBUG=1 to see the traceback.\n"
    )


def test_a_package_that_is_new_since_the_set_up_is_named_with_how_to_get_it():
    missing = ModuleNotFoundError("No module named 'altair.vegalite'", name="altair.vegalite")
    assert explain(missing) == (
        "The package 'altair.vegalite' is not installed: run `make setup`, as after every pull."
    )


def test_a_module_of_our_own_that_is_missing_is_our_error():
    missing = ModuleNotFoundError("No module named 'compare.lost'", name="compare.lost")
    assert explain(missing).startswith("This is an error in Twinlens, ModuleNotFoundError: ")


def test_a_traceback_is_there_for_the_asking(monkeypatch):
    monkeypatch.setenv("TWINLENS_DEBUG", "1")
    monkeypatch.setattr(main_module, "app", raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main()


def test_errors_of_the_clouds_name_their_cloud():
    assert explain(NoCredentialsError()).startswith("AWS refused the request: Unable to locate credentials")
    assert explain(HttpResponseError("Forbidden")).startswith("Azure refused the request: Forbidden")


def test_a_mistyped_command_gets_the_likeliest():
    told = CliRunner().invoke(app, ["reprot"])
    assert told.exit_code == 2
    assert "Did you mean 'report'?" in told.output


def test_a_path_that_cannot_be_used_is_named():
    assert (
        explain(PermissionError(13, "Permission denied", "out/report.html"))
        == "out/report.html can't be used: permission denied."
    )


@pytest.mark.parametrize("asked", [["-h"], ["jobs", "-h"], ["jobs", "list", "-h"]])
def test_every_command_has_the_short_option_for_help(asked):
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0
    assert "Usage:" in done.output
