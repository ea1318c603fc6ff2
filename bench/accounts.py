"""Query the usage that AWS or Azure reports for a run, with the caller's credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from bench.stack import DeployedStack
from compare.collecting.asking import Window
from compare.collecting.billed import Billed, write
from compare.folder import RunFolder
from compare.run import RunError

ARM = "https://management.azure.com"
LOG_ANALYTICS = "https://api.loganalytics.azure.com"
SAME = ("cloud", "orchestrator", "architecture", "region")  # what a run must have in common with its stack


def aws_billed(outputs: Mapping[str, Any], folder: RunFolder) -> Billed:
    """Query AWS with the credentials and endpoints that boto3 finds; throttled calls are retried."""
    import boto3
    from botocore.config import Config

    from compare.collecting.aws.collect import AwsAccount

    patient = Config(retries={"mode": "adaptive", "max_attempts": 10})

    @cache
    def client(service: str) -> Any:
        return boto3.client(service, region_name=outputs["region"], config=patient)

    window = Window.of(folder.run, folder.jobs)
    return AwsAccount(window, client=client, outputs=outputs, run=folder.run, records=folder.jobs).collect()


def azure_billed(outputs: Mapping[str, Any], folder: RunFolder) -> Billed:
    """Query Azure with the caller's credentials; an emulator is not queried."""
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy
    from azure.identity import DefaultAzureCredential

    from compare.collecting.azure.collect import AzureAccount
    from compare.collecting.azure.rest import Rest

    identity = DefaultAzureCredential()

    def rest(url: str, scope: str, permission: str) -> Rest:
        return Rest(url, BearerTokenCredentialPolicy(identity, scope), permission)

    return AzureAccount(
        Window.of(folder.run, folder.jobs),
        arm=rest(ARM, f"{ARM}/.default", "Monitoring Reader"),
        workspace=rest(LOG_ANALYTICS, "https://api.loganalytics.io/.default", "Log Analytics Reader"),
        outputs=outputs,
        run=folder.run,
    ).collect()


BILLED: dict[str, Callable[[Mapping[str, Any], RunFolder], Billed]] = {
    "aws": aws_billed,
    "azure": azure_billed,
}


def collect_run(deployment: DeployedStack, folder: RunFolder) -> Billed:
    """Query the usage that the platform reports for a run, and write it to the run's folder.

    Raises:
        RunError: The run is not finished, was made on another stack, or is on a cloud that cannot be queried.
    """
    for name in SAME:
        ran, stands = getattr(folder.run, name), deployment.outputs[name]
        if ran != stands:
            raise RunError(
                f"The run {folder.run.name} was made with the {name} {ran}, but the stack "
                f"{deployment.stack} has {stands}: name the run's own stack with --stack."
            )
    if "metered" not in deployment.outputs:
        raise RunError(
            f"The stack {deployment.stack} does not have the outputs that usage is collected from: "
            f"`pulumi up -s {deployment.stack}` adds them."
        )
    ask = BILLED.get(folder.run.cloud)
    if ask is None:
        raise RunError(
            f"The run {folder.run.name} was made on {folder.run.cloud!r}; only {', '.join(BILLED)} report "
            "usage."
        )
    billed = ask(deployment.outputs, folder)
    write(folder.path, billed)
    return billed
