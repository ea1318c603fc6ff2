"""The host's apps and event subscriptions, by name.

Every change is saved, so that a host that was killed restarts with them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.azure.app import App
from local.azure.errors import BadRequest, DeploymentError, NotFound
from local.azure.eventgrid.bridge import Bridge
from local.azure.eventgrid.subscription import Subscription
from local.azure.storage import Storage

LOG = logging.getLogger(__name__)
APP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,59}")


class Host:
    """The apps and subscriptions of one daemon; its state is under ``folder``."""

    def __init__(self, storage: Storage, folder: Path, access_log: Path) -> None:
        self._storage = storage
        self._folder = folder / "apps"
        self._kept = folder / "kept.json"
        self._apps: dict[str, App] = {}
        self._bridge = Bridge(storage, access_log)

    async def restore(self) -> None:
        """Restore the apps and subscriptions of an earlier host; log an app that cannot run."""
        if not self._kept.exists():
            return
        kept = json.loads(self._kept.read_text())
        self._bridge.subscriptions |= {
            name: Subscription.of(each) for name, each in kept["subscriptions"].items()
        }
        for name, memory in kept["apps"].items():
            try:
                await self._app(name, memory.get("site", {})).restore(memory)
            except DeploymentError as error:
                LOG.error("The app %s is not running again: %s", name, error)

    async def configure(
        self, name: str, settings: Mapping[str, str], origins: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Set an app's settings, and the origins of pages that may call it, and describe it."""
        app = self._app(name)
        await app.configure(settings, origins)
        self._keep()
        return app.describe()

    async def deliver(self, name: str, package_uri: str) -> dict[str, Any]:
        """Run a package as an app, creating the app if necessary, and describe it."""
        app = self._app(name)
        await app.deliver(package_uri)
        self._keep()
        return app.describe()

    async def publish(self, name: str, archive: bytes) -> dict[str, Any]:
        """Run an archive as an app that there is, and describe it."""
        self.app(name)
        with tempfile.NamedTemporaryFile(suffix=".zip") as file:
            await asyncio.to_thread(file.write, archive)
            file.flush()
            return await self.deliver(name, file.name)

    async def fire(self, name: str, function: str) -> None:
        """Run an app's function with a timer trigger now.

        Raises:
            NotFound: There is no such app or function.
            FunctionFailed: The function failed.
        """
        await self.app(name).fire(function)

    async def remove(self, name: str) -> None:
        """Stop an app and delete its files.

        Raises:
            NotFound: There is no such app.
        """
        app = self._apps.pop(name, None)
        if app is None:
            raise NotFound(f"There is no app {name!r}.")
        self._keep()
        await app.stop()
        await asyncio.to_thread(shutil.rmtree, self._folder / name, ignore_errors=True)

    def apps(self) -> list[dict[str, Any]]:
        """Describe every app."""
        return [app.describe() for app in self._apps.values()]

    def app(self, name: str) -> App:
        """Return an app.

        Raises:
            NotFound: There is no such app.
        """
        if name not in self._apps:
            raise NotFound(f"There is no app {name!r}.")
        return self._apps[name]

    async def instances(self, limit: int) -> dict[str, list[dict[str, Any]]]:
        """Return each app's newest orchestrations."""
        return {name: await app.hub.instances(limit) for name, app in self._apps.items()}

    def subscriptions(self) -> list[str]:
        """Return the names of all subscriptions."""
        return sorted(self._bridge.subscriptions)

    def subscribe(self, name: str, subscription: Subscription) -> None:
        """Send the events that match to the subscription's queue, instead of one of the same name."""
        self._bridge.subscriptions[name] = subscription
        self._keep()

    def unsubscribe(self, name: str) -> None:
        """End a subscription.

        Raises:
            NotFound: There is no such subscription.
        """
        if self._bridge.subscriptions.pop(name, None) is None:
            raise NotFound(f"There is no subscription {name!r}.")
        self._keep()

    async def stop(self) -> None:
        """Stop all apps and the bridge."""
        await self._bridge.stop()
        await asyncio.gather(*(app.stop() for app in self._apps.values()))

    def _keep(self) -> None:
        """Save apps and subscriptions atomically, readable only by the owner: settings may be secrets."""
        kept = {
            "apps": {name: app.memory() for name, app in self._apps.items()},
            "subscriptions": {name: asdict(each) for name, each in self._bridge.subscriptions.items()},
        }
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        draft = self._kept.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(kept))
        draft.replace(self._kept)

    def _app(self, name: str, site: Mapping[str, Any] | None = None) -> App:
        if not APP_NAME.fullmatch(name):
            raise BadRequest(f"{name!r} is not a valid name for an app: use letters, digits and hyphens.")
        if name not in self._apps:
            self._apps[name] = App(name, self._folder / name, self._storage, site or {})
        return self._apps[name]
