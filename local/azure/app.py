"""One hosted app: its settings, its deployment, its task hub and its triggers."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from azure.storage.queue import QueueClient

from local.azure.bindings import (
    DEFAULT_CONNECTION,
    QUEUE_TRIGGER,
    TIMER_TRIGGER,
    Function,
    queue_client,
    resolve,
)
from local.azure.deployment import Deployment
from local.azure.durable.hub import TaskHub
from local.azure.durable.pump import Pump
from local.azure.errors import FunctionError, NotFound
from local.azure.http.routes import routes
from local.azure.http.site import BODY_LIMIT, BODY_LIMIT_SETTING, Served, Site
from local.azure.logs import AppLog
from local.azure.packages import Package, fetch
from local.azure.process import Value
from local.azure.queue_trigger import QueueTrigger
from local.azure.storage import Storage, account_of
from local.azure.timer_trigger import Schedule, TimerTrigger

DRAIN_SECONDS = 20


class App:
    """An app; nothing runs until a package is delivered.

    New settings or a new package take effect completely or not at all: if the app cannot be loaded with them,
    it continues as before. Orchestrations survive both, as on Azure.
    """

    def __init__(self, name: str, folder: Path, storage: Storage, site: Mapping[str, Any]) -> None:
        self.name = name
        self._folder = folder
        self._storage = storage
        self._instance = uuid.uuid4().hex
        self._log = AppLog(name, folder / "app.log")
        self._settings: dict[str, str] = {}
        self._package: Package | None = None
        self._deployment: Deployment | None = None
        self._triggers: list[QueueTrigger] = []
        self._timers: dict[str, TimerTrigger] = {}
        self.site = Site(site, self._log)
        self._changing = asyncio.Lock()
        self._deployed = asyncio.Event()
        self.hub = TaskHub(name)
        self._pump = Pump(self.hub, self._run_durable, self._log)

    async def configure(self, settings: Mapping[str, str], origins: Sequence[str] = ()) -> None:
        """Replace all settings of the app with ``settings``, and the origins of pages that may call it.

        Raises:
            DeploymentError: The app does not work with them.
        """
        async with self._changing:
            if self._package is not None and settings != self._settings:
                await self._replace(self._package, settings)
            self._settings = dict(settings)
            self.site.origins = tuple(origins)

    async def deliver(self, package_uri: str) -> None:
        """Run the package at ``package_uri`` in place of the previous one.

        Raises:
            DeploymentError: It cannot be read, or does not work with the app's settings.
        """
        async with self._changing:
            package = await asyncio.to_thread(fetch, package_uri, self._folder / "packages")
            if package != self._package:
                unused: Package | None = package
                try:
                    await self._replace(package, self._settings)
                    unused, self._package = self._package, package
                finally:
                    if unused is not None:
                        await asyncio.to_thread(shutil.rmtree, unused.folder, ignore_errors=True)

    def memory(self) -> dict[str, Any]:
        """Return what :meth:`restore` needs to run the app again in another process."""
        package = self._package and {"digest": self._package.digest, "folder": str(self._package.folder)}
        return {"settings": self._settings, "package": package, "site": self.site.memory()}

    async def restore(self, memory: Mapping[str, Any]) -> None:
        """Run the app as :meth:`memory` described it; its orchestrations are gone.

        Raises:
            DeploymentError: It does not work any more; then it waits for a package.
        """
        async with self._changing:
            self._settings = dict(memory["settings"])
            if memory["package"]:
                package = Package(memory["package"]["digest"], Path(memory["package"]["folder"]))
                await self._replace(package, self._settings)
                self._package = package

    async def stop(self) -> None:
        """Stop everything that the app runs."""
        async with self._changing:
            await self.site.stop()
            await self._pump.stop()  # first, since it would retry the work that is lost
            await _retire(self._deployment, [*self._triggers, *self._timers.values()], drain_seconds=0)
            await self.hub.stop()
            self._log.close()

    async def fire(self, function: str) -> None:
        """Run a function with a timer trigger now.

        Raises:
            NotFound: There is no such function.
            FunctionFailed: The function failed.
        """
        if function not in self._timers:
            raise NotFound(f"The app {self.name!r} has no function {function!r} with a timer.")
        await self._timers[function].fire()

    def describe(self) -> dict[str, Any]:
        """Describe the app, without the values of its settings."""
        deployment = self._deployment
        return {
            "name": self.name,
            "host_name": self.site.host_name,
            "settings": sorted(self._settings),
            "package": self._package.digest if self._package else None,
            "folder": str(self._package.folder) if self._package else None,
            "pid": deployment.pid if deployment else None,
            "restarts": deployment.restarts if deployment else 0,
            "functions": self.functions(),
        }

    def functions(self) -> list[dict[str, str]]:
        """Return the name and trigger of each function."""
        deployed = self._deployment.functions if self._deployment else ()
        return [{"name": each.name, "trigger": each.trigger["type"]} for each in deployed]

    async def _replace(self, package: Package, settings: Mapping[str, str]) -> None:
        deployment = Deployment(package, self._environment(package, settings), self._log)
        try:
            await deployment.start()
            queues = [
                (function, self._queue_of(function, deployment.settings))
                for function in deployment.functions
                if function.trigger["type"] == QUEUE_TRIGGER
            ]
            timers = [
                (function, Schedule.parse(resolve(function.trigger["schedule"], deployment.settings)))
                for function in deployment.functions
                if function.trigger["type"] == TIMER_TRIGGER
            ]
            served = Served(
                routes(deployment.functions, deployment.host_json.route_prefix),
                partial(self._run, deployment, metadata={}),
                int(deployment.settings.get(BODY_LIMIT_SETTING, BODY_LIMIT)),
            )
        except BaseException:
            await deployment.stop()
            raise
        options = deployment.host_json
        self._pump.limit(options.concurrent_activities, options.concurrent_orchestrations)
        retired: Sequence[QueueTrigger | TimerTrigger] = [*self._triggers, *self._timers.values()]
        retired_deployment = self._deployment
        self._deployment = deployment
        self._deployed.set()
        self.site.serve(served)
        self._triggers = [
            QueueTrigger(*clients, options.queues, partial(self._run, deployment, function), self._log)
            for function, clients in queues
        ]
        self._timers = {
            function.name: TimerTrigger(
                schedule, partial(self._run, deployment, function, metadata={}), self._log
            )
            for function, schedule in timers
        }
        await _retire(retired_deployment, retired, drain_seconds=DRAIN_SECONDS)

    def _queue_of(self, function: Function, settings: Mapping[str, str]) -> tuple[QueueClient, QueueClient]:
        queue = resolve(function.trigger["queueName"], settings)
        connection = function.trigger.get("connection", "")
        return (
            queue_client(connection, queue, settings, self._storage.key),
            queue_client(connection, f"{queue}-poison", settings, self._storage.key),
        )

    async def _run_durable(self, trigger: str, name: str, value: Value) -> Value | None:
        while (deployment := self._deployment) is None:
            await self._deployed.wait()
        for function in deployment.functions:
            if function.trigger["type"] == trigger and function.durable_name == name:
                return await self._run(deployment, function, value, {})
        raise FunctionError(f"The app has no function {name!r} with an {trigger}.")

    async def _run(
        self, deployment: Deployment, function: Function, value: Value, metadata: Mapping[str, Value]
    ) -> Value | None:
        inputs = dict.fromkeys(function.durable_clients, self.hub.client_binding())
        return await deployment.run(function, {function.trigger["name"]: value, **inputs}, metadata)

    def _environment(self, package: Package, settings: Mapping[str, str]) -> dict[str, str]:
        own = settings.get(f"{DEFAULT_CONNECTION}__queueServiceUri")
        account = account_of(own) if own else self._storage.accounts[0]
        return {
            DEFAULT_CONNECTION: self._storage.connection_string(account),
            **settings,
            "AZURE_FUNCTIONS_ENVIRONMENT": "Development",
            "AZURE_STORAGE_KEY": self._storage.key,
            "AzureWebJobsScriptRoot": str(package.folder),
            "FUNCTIONS_EXTENSION_VERSION": "~4",
            "FUNCTIONS_WORKER_RUNTIME": "python",
            "WEBSITE_HOSTNAME": self.site.host_name,
            "WEBSITE_INSTANCE_ID": self._instance,
            "WEBSITE_SITE_NAME": self.name,
        }


async def _retire(
    deployment: Deployment | None, triggers: Sequence[QueueTrigger | TimerTrigger], drain_seconds: float
) -> None:
    if deployment is not None:
        await asyncio.gather(deployment.stop(drain_seconds), *(trigger.stop() for trigger in triggers))
