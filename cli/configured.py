"""What an estimate needs of a stack's config, read as the Pulumi program reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pulumi

from bench import project
from compare.metering import Stack
from compare.prices.book import PriceBook
from components.settings import Settings
from core.errors import SettingsError

REGION_KEYS = {"aws": "aws:region", "azure": "azure-native:location"}


@dataclass(frozen=True)
class Configured:
    """A stack with its settings; ``label`` is its name and what was changed.

    ``encrypted`` are the keys that only Pulumi can read.
    """

    name: str
    label: str
    stack: Stack
    settings: Settings
    encrypted: tuple[str, ...]


def variants(given: Sequence[str]) -> list[dict[str, str]]:
    """Return every combination of settings such as "granularity=stepwise,fused", whose values are listed.

    Raises:
        SettingsError: One has no equals sign.
    """
    choices = []
    for each in given:
        name, equals, values = each.partition("=")
        if not equals or not name:
            raise SettingsError(f"--set {each} names no value; write --set granularity=fused.")
        choices.append([(name, value) for value in values.split(",")])
    return [dict(chosen) for chosen in product(*choices)]


def read(name: str, changes: Mapping[str, str], book: PriceBook) -> Configured:
    """Read a stack's config with ``changes`` in place of its own settings.

    Raises:
        SettingsError: Settings are invalid; the message has a line for each.
    """
    own = {key if ":" in key else f"{project.NAMESPACE}:{key}": value for key, value in changes.items()}
    config, encrypted = _readable(project.config(name) | own)
    settings = _settings(config)
    stack = Stack(
        cloud=settings.cloud,
        orchestrator=settings.orchestrator,
        granularity=settings.granularity,
        architecture=settings.architecture,
        memory_mb=settings.memory_mb,
        region=config.get(REGION_KEYS[settings.cloud], book.home_regions[settings.cloud]),
        email=bool(settings.notify_email),
        log_level=settings.log_level,
        own_key=bool(settings.kms_key),
        front_door=settings.front_door,
        cdn=settings.cdn,
        waf=settings.waf,
        redundancy=settings.photo_redundancy,
        soft_delete_days=settings.soft_delete_days,
        step_memory_mb=tuple((step, each.memory_mb) for step, each in settings.steps.items()),
        reconcile_minutes=settings.reconcile_minutes,
    )
    label = " ".join((name, *(f"{key}={value}" for key, value in changes.items())))
    return Configured(name, label, stack, settings, tuple(encrypted))


def configured_settings(name: str) -> Settings:
    """Return the settings of a stack's config; what is encrypted is left out.

    Raises:
        SettingsError: Settings are invalid; the message has a line for each.
    """
    return _settings(_readable(project.config(name))[0])


def _settings(config: Mapping[str, Any]) -> Settings:
    pulumi.runtime.set_all_config(dict(config))
    try:
        return Settings.read(pulumi.Config(project.NAMESPACE))
    except pulumi.RunError as error:
        raise SettingsError(str(error)) from None


def _readable(config: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the config's values as texts, and the keys whose values only Pulumi can decrypt."""
    encrypted = [key for key, value in config.items() if _is_encrypted(value)]
    texts: dict[str, Any] = {
        key: value if isinstance(value, str) else json.dumps(_plain(value))
        for key, value in config.items()
        if key not in encrypted
    }
    return {**texts, **dict.fromkeys(encrypted)}, encrypted


def _is_encrypted(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"secure"}


def _plain(value: Any) -> Any:
    """Return the value without encrypted entries; estimates need none of those, such as tags."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if not _is_encrypted(each)}
    return value
