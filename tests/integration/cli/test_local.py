import json
import shlex
import subprocess

from local_commands import RUNNING
from typer.testing import CliRunner

from cli.local import app
from local import state


def test_a_shell_can_evaluate_the_environment(done: list[str]) -> None:
    state.save(RUNNING)
    lines = CliRunner().invoke(app, ["env"]).output
    shown = ["sh", "-c", f'{lines}\nprintf %s "$AZURE_STORAGE_KEY $AWS_ENDPOINT_URL"']
    assert subprocess.check_output(shown, text=True) == "k'ey http://127.0.0.1:4566"
    assert {shlex.split(line)[0] for line in lines.splitlines()} <= {"export", "unset"}
    assert json.loads(CliRunner().invoke(app, ["env", "--json"]).output)["PULUMI_HOME"] == "/home"
