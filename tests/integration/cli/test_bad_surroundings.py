"""``twinlens`` where something is wrong around it: one clear sentence, a non-zero exit, nothing half-written.

Each case runs the real command as a process of its own.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

TWINLENS = [str(Path(sys.executable).with_name("twinlens"))]
CHECKOUT = Path(__file__).parents[3]
PHOTO = str(CHECKOUT / "samples" / "trail.webp")
EXPIRED = b'{"__type": "ExpiredTokenException", "message": "The security token included is expired"}'
NOBODY = "https://127.0.0.1:9"  # the port of the discard service, which nobody runs
AWS = {
    "cloud": "aws",
    "region": "eu-west-1",
    "recipe": "gallery",
    "inputPrefix": "incoming/",
    "inputContainer": "photos",
    "outputContainer": "results",
    "ledger": "jobs",
    "successTopic": "arn:aws:sns:eu-west-1:123456789012:successes",
    "errorTopic": "arn:aws:sns:eu-west-1:123456789012:errors",
    "workflow": "arn:aws:states:eu-west-1:123456789012:stateMachine:photos",
    "deadLetters": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead",
}
AZURE = AWS | {
    "cloud": "azure",
    "deadLetters": "uploads-poison",
    "storeEndpoint": f"{NOBODY}/photos/",
    "queueEndpoint": f"{NOBODY}/photos/",
    "ledgerEndpoint": f"{NOBODY}/photos/",
    "undelivered": f"{NOBODY}/photos/undelivered",
}
SIGNED_IN = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret"}
AZURE_KEY = {"AZURE_STORAGE_KEY": "c2VjcmV0"}


@dataclass
class Surroundings:
    """A machine on which something is wrong: its variables, its files, and what the command runs under."""

    home: Path
    out: Path
    variables: dict[str, str]
    under: list[str] = field(default_factory=list)
    held: list[socket.socket] = field(default_factory=list)

    def stack(self, outputs: dict[str, str], **variables: str) -> None:
        """Have a Pulumi that knows one stack, with these outputs."""
        program = self.home / "bin" / "pulumi"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(outputs)}\nEND\n")
        program.chmod(0o755)
        self.variables |= {"PATH": f"{program.parent}:{os.defpath}", **variables}

    def mount(self, *options: str) -> None:
        """Have the folder for outputs on a small file system of its own, where that is permitted."""
        command = f'mount -t tmpfs -o {",".join(options)} none {self.out} && exec "$@"'
        self.under = ["unshare", "--map-root-user", "--mount", "sh", "-c", command, "sh"]
        tool = shutil.which("unshare")
        if not tool or subprocess.run([*self.under, "true"], capture_output=True, check=False).returncode:
            pytest.skip("file systems can't be mounted here")

    def files(self) -> set[Path]:
        return set(self.out.rglob("*"))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Surroundings]:
    (tmp_path / "out").mkdir()
    variables = {
        "HOME": str(tmp_path),
        "PATH": os.defpath,
        "TWINLENS_LOCAL": str(tmp_path / "local" / "local.json"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential",
    }
    made = Surroundings(tmp_path, tmp_path / "out", variables)
    yield made
    for each in made.held:
        each.close()


@pytest.fixture
def expired() -> Iterator[str]:
    """An AWS endpoint that knows nobody any more."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(400)
            self.send_header("Content-Length", str(len(EXPIRED)))
            self.end_headers()
            self.wfile.write(EXPIRED)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def nothing(here: Surroundings) -> None:
    """Leave everything as it is."""


def aws_key_is_missing(here: Surroundings) -> None:
    here.stack(AWS)


def aws_is_out_of_reach(here: Surroundings) -> None:
    here.stack(AWS, AWS_ENDPOINT_URL=NOBODY, **SIGNED_IN)


def azure_sign_in_is_missing(here: Surroundings) -> None:
    here.stack(AZURE)


def azure_is_out_of_reach(here: Surroundings) -> None:
    here.stack(AZURE, **AZURE_KEY)


def stack_is_empty(here: Surroundings) -> None:
    here.stack({})


def stack_is_of_an_older_twinlens(here: Surroundings) -> None:
    here.stack({name: value for name, value in AWS.items() if name != "ledger"})


def local_state_is_broken(here: Surroundings) -> None:
    state = Path(here.variables["TWINLENS_LOCAL"])
    state.parent.mkdir()
    state.write_text('{"aws": ')


def port_is_taken(here: Surroundings) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    here.held.append(taken)
    url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    azure = dict.fromkeys(("blob", "queue", "table", "control"), url)
    state = Path(here.variables["TWINLENS_LOCAL"])
    state.parent.mkdir()
    state.write_text(
        json.dumps(
            {
                "aws": {
                    "endpoint": url,
                    "pid": 0,
                    "region": "us-east-1",
                    "access_key": "k",
                    "secret_key": "s",
                },
                "azure": {**azure, "key": "c2VjcmV0", "accounts": ["photos"], "token": "t", "pids": {}},
                "pulumi": {"home": "", "backend": "", "passphrase": ""},
            }
        )
    )


def disk_is_full(here: Surroundings) -> None:
    here.mount("size=16k")


def files_may_not_grow(here: Surroundings) -> None:
    """What a quota does, without any privilege."""
    here.under = ["sh", "-c", 'ulimit -f 8 && exec "$@"', "sh"]


def folder_is_read_only(here: Surroundings) -> None:
    if os.geteuid():
        here.out.chmod(0o555)
    else:
        here.mount("ro")


def folder_is_a_file(here: Surroundings) -> None:
    (here.out / "photos").mkdir()
    (here.out / "photos" / "trail").write_text("in the way")


def run_is_broken(here: Surroundings) -> None:
    (here.home / "run").mkdir()
    (here.home / "run" / "run.json").write_text('{"format": 1, "name": ')


PROCESS = ("process", PHOTO, "--out", "{out}/photos")
JOBS = ("jobs", "list", "-s", "dev")
LOCAL_JOBS = ("jobs", "list", "-s", "aws-local")

CASES = [
    (nothing, (*PROCESS, "--recipe", "nowhere"), "There is no recipe 'nowhere'"),
    (
        nothing,
        ("bench", "-s", "dev", "--photos", str(CHECKOUT / "samples"), "--chaos", "tempest"),
        "'tempest'",
    ),
    (run_is_broken, ("report", "{home}/run"), "run.json is not a valid Twinlens run"),
    (nothing, JOBS, "The Pulumi CLI is not on PATH: `twinlens doctor` says how to install it."),
    (stack_is_empty, JOBS, "Nothing is deployed in the stack 'dev'"),
    (stack_is_of_an_older_twinlens, JOBS, "The stack has no output 'ledger': `pulumi up` updates"),
    (nothing, LOCAL_JOBS, "The emulators are not running; start them with `twinlens local up`."),
    (local_state_is_broken, LOCAL_JOBS, "local.json cannot be used; start again with `twinlens local up`."),
    (port_is_taken, ("local", "up", "--no-deploy"), "Another program uses port"),
    (disk_is_full, PROCESS, "No space left on device"),
    (files_may_not_grow, PROCESS, "File too large"),
    (folder_is_read_only, PROCESS, "can't be written: "),
    (folder_is_a_file, PROCESS, "can't be written: "),
    (aws_key_is_missing, JOBS, "Unable to locate credentials"),
    (
        aws_is_out_of_reach,
        JOBS,
        "The connection to AWS broke during table jobs: Could not connect to the endpoint",
    ),
    (azure_sign_in_is_missing, JOBS, "nobody is signed in here"),
    (azure_is_out_of_reach, JOBS, "The connection to Azure broke during table jobs"),
]


def twinlens(here: Surroundings, *arguments: str) -> subprocess.CompletedProcess[str]:
    filled = [each.format(out=here.out, home=here.home) for each in arguments]
    return subprocess.run(
        [*here.under, *TWINLENS, *filled],
        cwd=here.home,
        env=here.variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that the command left with."""
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "error in Twinlens" not in done.stderr
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(("wrong", "command", "said"), CASES)
def test_one_sentence_says_what_is_wrong_and_nothing_is_half_written(
    here: Surroundings, wrong: Callable[[Surroundings], None], command: tuple[str, ...], said: str
) -> None:
    wrong(here)
    before = here.files()
    done = twinlens(here, *command)
    assert said in sentence(done)
    assert len([line for line in done.stderr.splitlines() if not line.startswith("·")]) <= 1
    assert here.files() == before


def test_an_expired_credential_is_reported(here: Surroundings, expired: str) -> None:
    here.stack(AWS, AWS_ENDPOINT_URL=expired, **SIGNED_IN)
    assert "The security token included is expired" in sentence(twinlens(here, *JOBS))
