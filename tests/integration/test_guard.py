"""The guard of tests/unit refuses what reaches out of the process, whoever swallows the refusal."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

TESTS = """
import contextlib, socket, subprocess, sys, threading
import pytest

def outside():
    subprocess.run([sys.executable, "--version"])

@pytest.fixture
def prepared():
    with contextlib.suppress(OSError):
        outside()

def test_inside():
    pass

def test_process():
    outside()

def test_swallowed():
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", 9))

def test_in_a_thread():
    thread = threading.Thread(target=socket.socket().bind, args=(("127.0.0.1", 0),))
    thread.start()
    thread.join()

def test_in_a_fixture(prepared):
    pass
"""


def test_processes_and_sockets_fail_a_unit_test(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parents[1] / "unit" / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", "-rA", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    ended = re.findall(r"^([A-Z]+) test_it.py::test_(\w+)", done.stdout, re.MULTILINE)
    assert sorted(ended) == [
        ("ERROR", "in_a_fixture"),
        ("FAILED", "in_a_thread"),
        ("FAILED", "process"),
        ("FAILED", "swallowed"),
        ("PASSED", "inside"),
    ]
