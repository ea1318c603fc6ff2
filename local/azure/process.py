"""The daemon's end of a worker process."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import os
import signal
import socket
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from local.azure import worker
from local.azure.bindings import Function
from local.azure.errors import DeploymentError, FunctionError, WorkerLost

START_SECONDS = 60
# By the last one, ``local.emulators.processes`` finds the processes of a set-up.
TRUST = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")  # whose certificates this machine trusts
INHERITED = ("HOME", "LANG", "PATH", "TMPDIR", "TZ", "TWINLENS_SUPERVISED", *TRUST)

type Value = Mapping[str, Any]
"""An input or output of a function: ``{"type": "string" | "json" | ..., "value": ...}``."""


class WorkerProcess:
    """A running worker process; created by :meth:`start`."""

    def __init__(
        self, process: asyncio.subprocess.Process, channel: socket.socket, log: logging.Logger
    ) -> None:
        self._process = process
        self._channel = channel
        self._log = log
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._tasks: list[asyncio.Task[None]] = []
        self._disconnected = asyncio.Event()
        self.functions: tuple[Function, ...] = ()

    @classmethod
    async def start(cls, folder: Path, environment: Mapping[str, str], log: logging.Logger) -> WorkerProcess:
        """Start a worker on the app in ``folder`` and wait until its functions are known.

        Its environment is ``environment`` and a few harmless variables of this process; its output goes to
        ``log``.

        Raises:
            DeploymentError: The app cannot be loaded; the message says why.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-S", "-u", worker.__file__,
                str(theirs.fileno()), str(folder), sysconfig.get_path("purelib"),
                cwd=folder,
                env={name: os.environ[name] for name in INHERITED if name in os.environ} | dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                limit=worker.LINE_LIMIT,
            )  # fmt: skip
        self = cls(process, ours, log)
        try:
            await self._connect()
        except BaseException:
            self.kill()
            await self.wait()
            raise
        return self

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(
            sock=self._channel, limit=worker.LINE_LIMIT
        )
        self._tasks.append(asyncio.create_task(self._copy_output()))
        try:
            async with asyncio.timeout(START_SECONDS):
                hello = json.loads(await self._reader.readline() or "{}")
        except TimeoutError:
            raise DeploymentError(f"The app was not loaded within {START_SECONDS} s.") from None
        if "error" in hello:
            self._log.error("%s", hello["error"]["stack"])
            raise DeploymentError(f"The app can't be loaded: {hello['error']['message']}")
        if not hello.get("functions"):
            raise DeploymentError("The app declares no function, or its process ended while loading it.")
        self.functions = tuple(
            Function(each["id"], each["name"], tuple(each["bindings"])) for each in hello["functions"]
        )
        self._tasks.append(asyncio.create_task(self._receive()))

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def run(
        self, function: Function, inputs: Mapping[str, Value], metadata: Mapping[str, Value]
    ) -> Value | None:
        """Run ``function`` and return what it returned.

        Raises:
            FunctionError: The function raised an exception.
            WorkerLost: The process ended before the function returned.
        """
        number = next(self._numbers)
        answer = self._calls[number] = asyncio.get_running_loop().create_future()
        request = {"call": number, "function": function.id, "inputs": inputs, "metadata": metadata}
        try:
            if self._disconnected.is_set():
                raise WorkerLost("The worker process had ended before the function was run.")
            self._writer.write(json.dumps(request).encode() + b"\n")
            result: Value | None = await answer
            return result
        finally:
            del self._calls[number]

    async def disconnected(self) -> None:
        """Wait until the process no longer runs functions: it has ended or is about to end."""
        await self._disconnected.wait()

    async def wait(self) -> int:
        """Wait until the process has ended, clean up and return its exit code."""
        code = await self._process.wait()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._channel.close()
        return code

    def kill(self) -> None:
        """Kill the process and its children."""
        if self._process.returncode is None:  # otherwise its pid may have been reused
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    async def stop(self, seconds: float) -> None:
        """Let the running functions finish for up to ``seconds``, then end the process."""
        if self._calls and seconds:
            await asyncio.wait(list(self._calls.values()), timeout=seconds)
        self.kill()
        await self.wait()

    async def _receive(self) -> None:
        with contextlib.suppress(OSError):
            async for line in self._reader:
                message = json.loads(line)
                answer = self._calls.get(message["call"])
                if answer is None or answer.done():
                    continue
                if "error" in message:
                    error = message["error"]
                    answer.set_exception(FunctionError(error["message"], error["kind"], error["stack"]))
                else:
                    answer.set_result(message["result"])
        self._disconnected.set()  # before the calls fail: callers that retry wait for the next process
        self._writer.close()
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(WorkerLost("The worker process ended while the function ran."))

    async def _copy_output(self) -> None:
        output = cast(asyncio.StreamReader, self._process.stdout)  # a pipe, as start() asked for
        async for line in output:
            self._log.info("%s", line.decode(errors="replace").rstrip())
