"""The Pulumi project whose stacks are deployed, and their config files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from core.errors import SettingsError, SetupError

_CODE = Path(__file__).parent.parent
_FILE = "Pulumi.yaml"
NAMESPACE = "twinlens"  # the project's name, of the config keys that name no other


def root() -> Path:
    """Return the project's folder: the checkout of this code, else the working directory or a parent of it.

    Raises:
        SetupError: There is no project.
    """
    found = _find()
    if found is None:
        raise SetupError(f"This needs a checkout of Twinlens: run it in the folder that contains {_FILE}.")
    return found


def in_checkout() -> bool:
    """Return whether this code is a checkout and not an installed package."""
    return (_CODE / _FILE).is_file()


def config_file(stack: str) -> Path:
    """Return the path of a stack's config, in the working directory if there is no project.

    The stack's name may be qualified with its organization and project.
    """
    return (_find() or Path.cwd()) / f"Pulumi.{stack.rpartition('/')[2]}.yaml"


def stacks() -> tuple[str, ...]:
    """Return the names of the stacks that have a config file."""
    return tuple(sorted(path.name.split(".")[1] for path in config_file("*").parent.glob("Pulumi.*.yaml")))


def config(stack: str) -> dict[str, Any]:
    """Read a stack's config, with a namespace before every key, as Pulumi does.

    Raises:
        SettingsError: The stack has no config file, or it is not valid.
    """
    path = config_file(stack)
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        found = dict(document.get("config") or {})
        return {key if ":" in key else f"{NAMESPACE}:{key}": value for key, value in found.items()}
    except OSError:
        raise SettingsError(f"There is no stack {stack!r}: {path} does not exist.") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not valid YAML: {error}") from None
    except (AttributeError, TypeError, ValueError):
        raise SettingsError(f"{path} contains no config: it needs a table `config`.") from None


def _find() -> Path | None:
    folders = (_CODE, Path.cwd(), *Path.cwd().parents)
    return next((folder for folder in folders if (folder / _FILE).is_file()), None)
