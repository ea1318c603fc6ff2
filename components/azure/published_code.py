"""The app's code where no storage account may accept keys: sent to the app, and stored nowhere else.

`az functionapp deployment source config-zip` delivers to Flex Consumption apps in the same way: it posts the
archive to One Deploy on the app's deployment site, with the token of whoever is signed in
(https://github.com/Azure/azure-cli, appservice/custom.py, ``enable_zip_deploy_flex``).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pulumi
from pulumi import ResourceHook, ResourceHookArgs, ResourceHookBinding
from pulumi_azure_native import authorization, resources

from components.azure.patience import PAUSES, lacks_a_role

TIMEOUT_SECONDS = 300
# The states of a deployment: https://github.com/projectkudu/kudu, DeployStatus. Lower ones are under way.
FAILED, SUCCESS = 3, 4
DONE_SECONDS = 900
PAUSE_SECONDS = 3


class PublishedCode(pulumi.ComponentResource):
    """Delivers the archive to the app; unchanged code has the same name, so nothing happens.

    azure-native has no resource for it. An empty deployment of Resource Manager, named by the code, stands
    for the delivery, which is made before it is created: if that fails, the next ``up`` tries again.
    """

    def __init__(
        self,
        name: str,
        resource_group: pulumi.Input[str],
        site: pulumi.Input[str],
        archive: Path,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:PublishedCode", name, None, opts)

        async def publish(args: ResourceHookArgs) -> None:
            signed_in = await authorization.get_client_token_output().future()
            inputs: Any = args.new_inputs
            told = inputs["properties"]["parameters"]["site"]["value"]
            await deliver(archive.read_bytes(), told, signed_in.token if signed_in else "")

        hook = ResourceHook(f"{name}-publish", publish)
        resources.Deployment(
            f"{name}-{archive.stem.rpartition('-')[2]}",
            resource_group_name=resource_group,
            properties={
                "mode": resources.DeploymentMode.INCREMENTAL,
                "template": {
                    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                    "contentVersion": "1.0.0.0",
                    "parameters": {"site": {"type": "string"}},
                    "resources": [],
                },
                "parameters": {"site": {"value": site}},
            },
            opts=pulumi.ResourceOptions(
                parent=self, hooks=ResourceHookBinding(before_create=[hook], before_update=[hook])
            ),
        )
        self.register_outputs({})


async def deliver(archive: bytes, site: str, token: str) -> None:
    """Post the archive to the deployment site, and wait until the app runs it.

    Repeats it for up to twelve minutes while a role is not in effect.

    Raises:
        pulumi.RunError: The site refuses it, or the deployment fails.
    """
    for pause in (*PAUSES, 0):
        try:
            return await asyncio.to_thread(_deliver_once, archive, site, token)
        except pulumi.RunError as error:
            if not pause or not lacks_a_role(str(error)):
                raise
            pulumi.log.info(f"The app's role is not in effect yet; delivering the code again in {pause} s.")
            await asyncio.sleep(pause)


def _deliver_once(archive: bytes, site: str, token: str) -> None:
    base = site if site.startswith("http://127.0.0.1:") else f"https://{site}"  # the emulator's, or Azure's
    allowed = {"Authorization": f"Bearer {token}"}
    with _explained(site):
        content = {**allowed, "Content-Type": "application/zip"}
        _ask(f"{base}/api/publish?RemoteBuild=false&Deployer=twinlens", content, archive)
        deadline = time.monotonic() + DONE_SECONDS
        while (state := json.loads(_ask(f"{base}/api/deployments/latest", allowed)))["status"] < FAILED:
            if time.monotonic() > deadline:
                raise pulumi.RunError(f"The delivery of the code to {site} did not end in {DONE_SECONDS} s.")
            time.sleep(PAUSE_SECONDS)
    if state["status"] != SUCCESS:
        raise pulumi.RunError(f"The delivery of the code to {site} failed: {json.dumps(state)}")


def _ask(address: str, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
    request = Request(address, body, dict(headers))  # noqa: S310 - https, or this machine
    with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


@contextmanager
def _explained(site: str) -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        text = error.read().decode(errors="replace")
        raise pulumi.RunError(f"{site} refuses the code: HTTP {error.code} {error.reason}: {text}") from None
    except URLError as error:
        raise pulumi.RunError(f"{site} can't be reached to deliver the code: {error.reason}") from None
