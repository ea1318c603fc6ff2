"""Put the stand-in plugins where the engine looks for plugins."""

from __future__ import annotations

import shlex
from importlib.metadata import version
from pathlib import Path

# The plugin's name, the module that runs it and the SDK whose version it must have.
PLUGINS = (
    ("aws", "local.providers.aws", "pulumi-aws"),
    ("azure-native", "local.providers.azure_native", "pulumi-azure-native"),
)


def install(pulumi_home: Path, python: Path) -> None:
    """Write one launcher per plugin into ``pulumi_home``; ``python`` has this project's dependencies."""
    checkout = Path(__file__).resolve().parents[2]
    for name, module, distribution in PLUGINS:
        folder = pulumi_home / "plugins" / f"resource-{name}-v{version(distribution)}"
        folder.mkdir(parents=True, exist_ok=True)
        launcher = folder / f"pulumi-resource-{name}"
        launcher.write_text(
            "#!/bin/sh\n"
            f'PYTHONPATH={shlex.quote(str(checkout))} exec {shlex.quote(str(python))} -m {module} "$@"\n'
        )
        launcher.chmod(0o755)
