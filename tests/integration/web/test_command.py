"""``twinlens web`` in front of stacks whose outputs a Pulumi of the tests' own prints."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

OUTPUTS = {"cloud": "aws", "region": "eu-west-1", "recipe": "gallery", "inputPrefix": "incoming/"}
OUTPUTS |= {"inputContainer": "photos", "outputContainer": "results", "ledger": "jobs", "workflow": "w"}
OUTPUTS |= {"errorTopic": "e", "successTopic": "s", "deadLetters": "https://sqs.eu-west-1.amazonaws.com/1/d"}
TWINLENS = Path(sys.executable).with_name("twinlens")


@pytest.fixture
def start(tmp_path, door):
    """Start the command for stacks by name, each with the address of its front door."""
    started = []

    def run(port, **doors):
        cases = "\n".join(
            f"*'--stack {stack}'*) echo '{json.dumps({**OUTPUTS, 'apiUrl': api})}' ;;"
            for stack, api in doors.items()
        )
        program = tmp_path / "pulumi"
        program.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}\nesac\n')
        program.chmod(0o755)
        stacks = [argument for stack in doors for argument in ("-s", stack)]
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "COLUMNS": "300"}
        command = [TWINLENS, "web", *stacks, "--port", str(port)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, env=environment, text=True, **pipes))
        return started[-1]

    yield run
    for each in started:
        each.kill()
        each.communicate()


def test_it_serves_the_page_until_it_is_interrupted(start, door, free_port):
    door.origin = f"http://127.0.0.1:{free_port}"
    process = start(free_port, prod=door.api)
    assert process.stdout.readline() == f"The page is at {door.origin} for prod. Ctrl-C ends it.\n"
    assert requests.get(f"{door.origin}/config.json").json() == {"doors": [{"name": "prod", "api": door.api}]}
    page = requests.get(door.origin)
    assert "<h1>Twinlens</h1>" in page.text
    [reached] = re.findall("connect-src ([^;]*);", page.headers["Content-Security-Policy"])
    assert reached.split()[:3] == ["'self'", door.api, "https://photos.s3.amazonaws.com"]

    process.send_signal(signal.SIGINT)
    assert process.communicate() == ("Ended.\n", "")
    assert process.returncode == 0


def test_it_says_what_every_stack_lacks(start, door, free_port):
    door.origin = "https://elsewhere.example.com"
    process = start(free_port, none="", other=door.api, dead="http://127.0.0.1:9")
    said, told = process.communicate()
    page = f"http://127.0.0.1:{free_port}"
    assert (process.returncode, said) == (1, "")
    assert told.splitlines() == [
        "The stack 'none' has no front door: `pulumi config set -s none twinlens:frontDoor true`, "
        f"`pulumi config set -s none twinlens:pageOrigin {page}` and `pulumi up -s none` give it one.",
        f"The front door of 'other' lets in no page of {page}: `pulumi config set -s other "
        f"twinlens:pageOrigin {page}` and `pulumi up -s other` let it in.",
        "The front door of 'dead' does not answer: http://127.0.0.1:9.",
    ]


def test_it_says_that_the_port_is_taken(start, door):
    port = int(door.api.rpartition(":")[2])
    door.origin = f"http://127.0.0.1:{port}"
    process = start(port, prod=door.api)
    _, told = process.communicate()
    assert process.returncode == 1
    assert told.startswith(f"Port {port} cannot be used (Address already in use): --port names another one")
