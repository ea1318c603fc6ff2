"""Run the Azure stand-in as a Pulumi plugin."""

from __future__ import annotations

from importlib.metadata import version

from local.providers.azure_native import cdn, eventgrid, functions, groups, identity, recorded, storage, web
from local.providers.provider import StandIn
from local.providers.server import serve

SERVICES = (cdn, eventgrid, groups, identity, recorded, storage, web)


def stand_in() -> StandIn:
    """Return the Azure Native provider's stand-in."""
    resources = [make() for service in SERVICES for make in service.RESOURCES]
    return StandIn("pulumi_azure_native", resources, functions.FUNCTIONS)


if __name__ == "__main__":
    serve(stand_in(), version("pulumi-azure-native"))
