"""Build the Pulumi CLI from Go modules whose every version and checksum is committed in ``go/``.

The CLI's module no longer holds the language host for Python, so that comes from the last version of the SDK
module that did; it speaks the same protocol. The helper scripts come from the SDK of the CLI's own version.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from local.errors import ToolMissing
from local.toolchain import golang
from local.toolchain.commands import answer, run
from local.toolchain.progress import step

_MODULES = Path(__file__).parent / "go"
_CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_VERSION_VARIABLE = f"{_SDK}/go/common/version.Version"
_SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")


def pulumi(target: Path, version: str) -> None:
    """Build the CLI and what belongs beside it.

    Args:
        target: The folder for the programs.
        version: The version that the CLI reports.

    Raises:
        ToolMissing: Go or one of the modules is not available.
    """
    go = golang.ensure()
    target.mkdir(parents=True, exist_ok=True)
    with step(f"Building the Pulumi CLI {version} from source (once for this user, about 4 minutes)"):
        flags = f"-s -w -X {_VERSION_VARIABLE}=v{version}"
        run([go, "build", "-ldflags", flags, "-o", target / "pulumi", _CLI], cwd=_MODULES / "cli")
        host = target / "pulumi-language-python"
        run([go, "build", "-ldflags", "-s -w", "-o", host, _LANGUAGE_HOST], cwd=_MODULES / "language_host")
    sources = answer([go, "-C", _MODULES / "cli", "list", "-m", "-f", "{{.Dir}}", _SDK])
    if not sources:
        raise ToolMissing("Go built the Pulumi CLI, but does not report where the SDK's sources are.")
    for script in _SCRIPTS:
        copied = target / Path(script).name
        shutil.copyfile(Path(sources) / script, copied)
        copied.chmod(0o755)
