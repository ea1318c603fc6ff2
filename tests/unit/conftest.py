"""What makes a test a unit test: it starts no process and opens no connection; see tests/README.md."""

import platform
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3.util.connection  # noqa: F401 - binds a socket when it is imported, to see if there is IPv6

platform.processor()  # asks a program, once for a process; Azure's SDK does it when a client is made

# Python's audit events for what reaches out of this process: docs.python.org/3/library/audit_events.html.
OUTSIDE = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendmsg",
        "socket.sendto",
    }
)


class Guard:
    """Refuses and remembers what a unit test does outside its own process."""

    def __init__(self) -> None:
        self.watching = False
        self.seen: list[str] = []
        sys.addaudithook(self._audit)

    def check(self) -> None:
        """Fail if anything was refused, even where the code under test swallowed the error."""
        seen, self.seen = self.seen, []
        if seen:
            pytest.fail(
                f"A unit test must not do this; move it to tests/integration: {seen[0]}", pytrace=False
            )

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.watching and event in OUTSIDE:
            self.seen.append(f"{event}{arguments}")
            raise PermissionError(self.seen[-1])


GUARD = Guard()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup() -> Iterator[None]:
    """Watch from before the first fixture."""
    GUARD.watching = True
    try:
        yield
    finally:
        GUARD.check()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call() -> Iterator[None]:
    """Fail a test that went outside."""
    try:
        yield
    finally:
        GUARD.check()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Watch until after the last fixture."""
    try:
        yield
    finally:
        GUARD.watching = False
        GUARD.check()
