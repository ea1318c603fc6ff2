"""One package under one set of settings, with a worker process that is kept alive."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping

from local.azure import tasks
from local.azure.bindings import Function, check
from local.azure.errors import DeploymentError, FunctionTimeout, WorkerLost
from local.azure.host_json import HostJson
from local.azure.packages import Package
from local.azure.process import Value, WorkerProcess

RESTART_SECONDS = (0.2, 10.0)
STEADY_SECONDS = 30


class Deployment:
    """A package that runs.

    A worker process that ends by itself is restarted, at first immediately, and with growing pauses while it
    keeps ending within :data:`STEADY_SECONDS`.
    """

    def __init__(self, package: Package, settings: Mapping[str, str], log: logging.Logger) -> None:
        self.package = package
        self.settings = settings
        self.host_json = HostJson.read(package.folder, settings)
        self.restarts = 0
        self._log = log
        self._process: WorkerProcess | None = None
        self._ready = asyncio.Event()
        self._stopped = False
        self._keeper: asyncio.Task[None] | None = None
        self.functions: tuple[Function, ...] = ()

    async def start(self) -> None:
        """Start the worker and learn the app's functions.

        Raises:
            DeploymentError: The app cannot be loaded, or uses a binding that this host does not support.
        """
        process = await self._start_process()
        self.functions = process.functions
        self._keeper = tasks.start(self._keep_alive(process), self._log)
        check(self.functions)

    async def run(
        self, function: Function, inputs: Mapping[str, Value], metadata: Mapping[str, Value]
    ) -> Value | None:
        """Run ``function`` as soon as there is a worker and return what it returned.

        Raises:
            FunctionFailed: The function failed.
        """
        await self._ready.wait()
        process = self._process
        if self._stopped or process is None:
            raise WorkerLost(f"The function {function.name!r} was not run: its deployment has ended.")
        try:
            async with asyncio.timeout(self.host_json.function_timeout):
                return await process.run(function, inputs, metadata)
        except TimeoutError:
            process.kill()
            limit = self.host_json.function_timeout
            raise FunctionTimeout(f"The function {function.name!r} ran longer than {limit} s.") from None

    async def stop(self, drain_seconds: float = 0) -> None:
        """Let the running functions finish for up to ``drain_seconds``, then end the worker."""
        self._stopped = True
        self._ready.set()  # for callers that still wait for a worker
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._process is not None:
            await self._process.stop(drain_seconds)

    @property
    def pid(self) -> int | None:
        """The worker's process id, or ``None`` while it is being restarted."""
        return self._process.pid if self._process and self._ready.is_set() else None

    async def _start_process(self) -> WorkerProcess:
        self._process = await WorkerProcess.start(self.package.folder, self.settings, self._log)
        self._ready.set()
        return self._process

    async def _keep_alive(self, process: WorkerProcess) -> None:
        first, longest = RESTART_SECONDS
        pause = first
        while True:
            began = time.monotonic()
            await process.disconnected()
            self._ready.clear()
            process.kill()
            code = await process.wait()
            self.restarts += 1
            if time.monotonic() - began > STEADY_SECONDS:
                pause = first
            self._log.warning("The worker %d ended with the code %d; starting another.", process.pid, code)
            while True:
                await asyncio.sleep(pause)
                pause = min(pause * 2, longest)
                try:
                    process = await self._start_process()
                    break
                except DeploymentError as error:
                    self._log.warning("%s", error)
