"""Install what the project needs besides its environment: ``python -m local.toolchain [chromium]``."""

from __future__ import annotations

import signal
import sys

from local.errors import ToolMissing
from local.toolchain import azurite, chromium, environments, pulumi
from local.toolchain.progress import unusable


def main(arguments: list[str]) -> None:
    """Install everything that is missing, or only Chromium if the arguments say so."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Set-up was interrupted."))
    try:
        if arguments == ["chromium"]:
            chromium.ensure()
            return
        environments.install(environments.MINISTACK)
        environments.install(environments.AZURE_HOST)
        azurite.install()
        pulumi.ensure()
    except ToolMissing as error:
        sys.exit(f"Set-up failed: {error}")
    except OSError as error:
        sys.exit(unusable(error))
    except KeyboardInterrupt:
        sys.exit("Set-up was interrupted.")


if __name__ == "__main__":
    main(sys.argv[1:])
