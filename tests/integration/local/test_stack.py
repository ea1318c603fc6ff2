import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from local import environment, stack, state
from local.emulators import processes
from local.errors import NotRunning, StackFailed
from local.state import AwsEmulator, AzureEmulator, LocalState, PulumiBackend
from local.toolchain import pulumi

CLI = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path

asked = sys.argv[1:]
if asked == ["version"]:
    print("v3.204.0")  # a version that writes its events to a file
    sys.exit()
home = Path(os.environ["PULUMI_HOME"])
with (home / "calls").open("a") as calls:
    calls.write(" ".join(asked) + "\\n")
asked.remove("--non-interactive")


def event(**content):
    with open(asked[asked.index("--event-log") + 1], "a") as log:
        log.write(json.dumps({{"sequence": 1, "timestamp": 1, **content}}) + "\\n")


def summary(**changes):
    told = {{"maybeCorrupt": False, "durationSeconds": 1, "PolicyPacks": {{}}}}
    event(summaryEvent={{**told, "resourceChanges": changes}})


match asked[:2]:
    case ["stack", "ls"]:
        print((home / "stacks").read_text())
    case ["stack", "output"]:
        print('{{"cloud": "aws"}}')
    case ["preview", _]:
        summary(same=60, update=1)
        event(cancelEvent={{}})
    case ["up", _]:
        for trouble in (home / "trouble").read_text().splitlines():
            event(diagnosticEvent={{
                "message": "<{{%reset%}}>" + trouble + "<{{%reset%}}>\\n",
                "color": "raw",
                "severity": "error",
                "urn": "urn:pulumi:aws-local::twinlens::aws:s3/bucket:Bucket::input",
            }})
        summary(create=2, update=1, same=57)
        event(cancelEvent={{}})
        print("Updating (aws-local):")
        sys.exit(int((home / "code").read_text()))
"""

SLOW_CLI = """
import time
try:
    open("up", "w").close()
    time.sleep(60)
except KeyboardInterrupt:
    open("ended", "w").close()
"""

PREVIEW = """
import sys
from collections.abc import Iterator
from pathlib import Path
from semver import VersionInfo
from local import stack
from local.toolchain import pulumi
pulumi.ensure = lambda: Path(sys.argv[1])
pulumi.version = lambda _: VersionInfo(3, 204, 0)
stack.preview("aws-local", Path())
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set-up that is up, with a Pulumi that only says what it is told to say."""
    home, stacks, tools = tmp_path / "home", tmp_path / "stacks", tmp_path / "tools"
    for each in (home, stacks, tools):
        each.mkdir()
    (home / "stacks").write_text('[{"name": "aws-local", "current": false}]')
    (home / "trouble").write_text("")
    (home / "code").write_text("0")
    (tools / "pulumi").write_text(CLI)
    (tools / "pulumi").chmod(0o755)
    monkeypatch.setattr(pulumi, "ensure", lambda: tools)
    monkeypatch.setenv("TWINLENS_LOCAL", str(tmp_path / "local.json"))
    state.save(
        LocalState(
            aws=AwsEmulator("http://127.0.0.1:1", 1, "us-east-1", "AKIA", "secret"),
            azure=AzureEmulator("http://b", "http://q", "http://t", "key", ("one",), "http://c", "token", {}),
            pulumi=PulumiBackend(str(home), stacks.as_uri(), "words"),
        )
    )
    return tmp_path


def calls(folder: Path) -> list[str]:
    return (folder / "home" / "calls").read_text().splitlines()


def lock(folder: Path, holder: int) -> None:
    held = folder / "stacks" / ".pulumi" / "locks" / "organization" / "twinlens" / "aws-local" / "id.json"
    held.parent.mkdir(parents=True)
    held.write_text(json.dumps({"pid": holder}))


def test_up_deploys_and_returns_the_outputs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stack.up("aws-local", folder) == {"cloud": "aws"}
    assert "2 created, 1 updated, 57 unchanged" in capsys.readouterr().err
    assert processes.log(folder, "pulumi-aws-local-up").read_text() == "Updating (aws-local):\n"


def test_settings_for_once_leave_the_stacks_own_config_alone(folder: Path) -> None:
    config = folder / "Pulumi.aws-local.yaml"
    config.write_text("config: {a:b: c}\n")
    (folder / "pulumi").mkdir()
    stack.up("aws-local", folder, {"twinlens:granularity": "fused"})
    (deployed,) = [call for call in calls(folder) if " up " in call]
    copy = folder / "pulumi" / config.name
    assert f"--config-file {copy} " in deployed
    assert yaml.safe_load(copy.read_text()) == {"config": {"a:b": "c", "twinlens:granularity": "fused"}}
    assert yaml.safe_load(config.read_text()) == {"config": {"a:b": "c"}}


def test_a_failure_says_why_and_where_to_read_on(folder: Path) -> None:
    (folder / "home" / "trouble").write_text("the name is taken\n")
    (folder / "home" / "code").write_text("255")
    with pytest.raises(StackFailed, match=r"`up` for aws-local(.|\n)*input: the name is taken$") as caught:
        stack.up("aws-local", folder)
    assert str(folder / "logs") in str(caught.value)


def test_a_preview_counts_changes(folder: Path) -> None:
    assert stack.preview("aws-local", folder) == {"same": 60, "update": 1}


def test_a_stack_that_is_not_there_has_no_outputs_and_is_not_removed(folder: Path) -> None:
    assert stack.outputs("azure-local", folder) == {}
    stack.destroy("azure-local", folder)
    assert not any("destroy" in call for call in calls(folder))


def test_a_removed_stack_keeps_its_settings(folder: Path) -> None:
    stack.destroy("aws-local", folder)
    assert calls(folder)[-1].endswith("stack rm --yes --preserve-config aws-local")


def test_the_lock_of_a_run_that_was_cut_short_is_taken_away(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    lock(folder, gone.pid)
    stack.up("aws-local", folder)
    assert "cancel" in calls(folder)[0]
    assert "aws-local" in calls(folder)[0]


@pytest.fixture
def at_work(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another Pulumi that holds the stack's lock."""
    sleep = shutil.which("sleep")
    assert sleep is not None
    shutil.copy(sleep, folder / "pulumi-at-work")
    with subprocess.Popen([folder / "pulumi-at-work", "60"]) as holder:
        lock(folder, holder.pid)
        yield holder
        holder.kill()


def test_a_run_that_is_at_work_is_waited_for(
    folder: Path, at_work: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def say(text: str) -> None:
        told.append(text)
        at_work.kill()

    monkeypatch.setattr(stack, "say", say)
    assert stack.up("aws-local", folder)
    assert f"process ({at_work.pid})" in told[0]


def test_a_run_that_never_ends_is_let_be(
    folder: Path, at_work: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "_PATIENCE_SECONDS", 0.1)
    with pytest.raises(StackFailed, match=rf"process \({at_work.pid}\)"):
        stack.up("aws-local", folder)
    assert at_work.poll() is None


def test_a_reused_pid_holds_no_lock(folder: Path) -> None:
    lock(folder, os.getpid())
    assert stack.up("aws-local", folder)


def test_without_emulators_the_message_says_what_to_do(folder: Path) -> None:
    state.path().unlink()
    with pytest.raises(NotRunning, match="twinlens local up"):
        stack.up("aws-local", folder)


def test_the_tools_come_first_on_path_and_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"/usr/bin:{folder / 'tools'}")
    found = environment.variables()["PATH"].split(":")
    assert found == [str(folder / "tools"), str(Path(sys.executable).parent), "/usr/bin"]


def test_an_interruption_reaches_pulumi_as_one(folder: Path) -> None:
    """Pulumi gets the interrupt signal, finishes in its own way and is waited for."""
    tools = folder / "tools"
    (tools / "pulumi").write_text(f"#!{sys.executable}\n{SLOW_CLI}")
    with subprocess.Popen(
        [sys.executable, "-c", PREVIEW, tools], cwd=folder, stderr=subprocess.DEVNULL
    ) as process:
        while not (folder / "up").exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(30) != 0
    assert (folder / "ended").exists()
