"""Read a stack's config into one value and validate it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from core.chaos import Profile
from core.deployment.limits import DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS, SUFFIXES, patience
from core.deployment.names import LOCAL_SUFFIX
from core.deployment.variables import Reconciler
from core.errors import SettingsError
from core.workflow.granularity import GRANULARITIES

RECIPES = Path(__file__).parent.parent / "recipes"


@dataclass(frozen=True)
class Cloud:
    """The settings that one cloud supports; the first of each tuple is the default."""

    orchestrators: tuple[str, ...]
    architectures: tuple[str, ...]
    memory_mb: Collection[int]
    default_memory_mb: int
    log_retention_days: Collection[int]
    max_concurrency: Collection[int]
    default_max_concurrency: int
    point_in_time_recovery: tuple[bool, ...]


# Memory: Lambda's quota page (128 to 10,240 MB) and Flex Consumption's instance sizes.
# Retention: CloudWatch accepts only these numbers of days; a Log Analytics workspace 30 to 730.
CLOUDS = {
    "aws": Cloud(
        orchestrators=("standard", "express"),
        architectures=("arm64", "x86_64"),
        memory_mb=range(128, 10241),
        default_memory_mb=1024,
        log_retention_days=(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
        max_concurrency=range(1001),  # 0: the account's unreserved concurrency
        default_max_concurrency=0,
        point_in_time_recovery=(False, True),
    ),
    "azure": Cloud(
        orchestrators=("storage", "scheduler"),
        architectures=("x86_64",),
        memory_mb=(2048, 4096),
        default_memory_mb=2048,
        log_retention_days=range(30, 731),
        max_concurrency=range(40, 1001),
        default_max_concurrency=100,
        point_in_time_recovery=(False,),
    ),
}
# Divisors of an hour, since a cron expression starts over every hour; 0 for never.
RECONCILE_MINUTES = (0, 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
# A workflow has 15 minutes, and a step up to three attempts.
TIMEOUT_SECONDS = range(1, 241)


@dataclass(frozen=True)
class Settings:
    """One deployment's settings; ``Pulumi.yaml`` describes each."""

    cloud: str
    orchestrator: str
    granularity: str
    architecture: str
    memory_mb: int
    timeout_seconds: int
    recipe: str
    max_bytes: int
    max_pixels: int
    input_prefix: str
    notify_email: str
    log_retention_days: int
    max_concurrency: int
    point_in_time_recovery: bool
    keep_data: bool
    reconcile_minutes: int = 0
    chaos: str = ""
    allow_chaos: bool = False
    tags: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, config: pulumi.Config) -> Settings:
        """Read the stack's config.

        Raises:
            pulumi.RunError: Settings are invalid; the message has a line for each.
        """
        reader = _Reader(config)
        name = reader.choice("cloud", tuple(CLOUDS), "")
        cloud = CLOUDS.get(name, CLOUDS["aws"])
        settings = cls(
            cloud=name,
            orchestrator=reader.choice("orchestrator", cloud.orchestrators, cloud.orchestrators[0]),
            granularity=reader.choice("granularity", GRANULARITIES, GRANULARITIES[0]),
            architecture=reader.choice("architecture", cloud.architectures, cloud.architectures[0]),
            memory_mb=reader.number("memoryMb", cloud.memory_mb, cloud.default_memory_mb),
            timeout_seconds=reader.number("timeoutSeconds", TIMEOUT_SECONDS, 30),
            recipe=reader.choice(
                "recipe", tuple(sorted(path.stem for path in RECIPES.glob("*.toml"))), "gallery"
            ),
            max_bytes=reader.number("maxBytes", range(1, 2**30 + 1), DEFAULT_MAX_BYTES),
            max_pixels=reader.number("maxPixels", range(1, 10**9 + 1), DEFAULT_MAX_PIXELS),
            input_prefix=reader.text(
                "inputPrefix", r"([\w.-]+/)*", "folders, each followed by a slash", "incoming/"
            ),
            notify_email=reader.text("notifyEmail", r"([^@\s]+@[^@\s]+)?", "an e-mail address, or empty", ""),
            log_retention_days=reader.number("logRetentionDays", cloud.log_retention_days, 30),
            max_concurrency=reader.number(
                "maxConcurrency", cloud.max_concurrency, cloud.default_max_concurrency
            ),
            point_in_time_recovery=reader.flag("pointInTimeRecovery", cloud.point_in_time_recovery),
            keep_data=reader.flag("keepData", (False, True)),
            reconcile_minutes=reader.number("reconcileMinutes", RECONCILE_MINUTES, 30),
            chaos=reader.chaos("chaos", "allowChaos"),
            allow_chaos=reader.flag("allowChaos", (False, True)),
            tags=reader.tags("tags"),
        )
        if reader.mistakes:
            raise pulumi.RunError("\n".join(("The stack's config needs a correction:", *reader.mistakes)))
        return settings

    def reconciler(self, workflow_seconds: int) -> Reconciler:
        """Return the parameters of the reconciler."""
        return Reconciler(self.input_prefix, SUFFIXES, patience(workflow_seconds))


class _Reader:
    """Reads config values one by one and collects the mistakes."""

    def __init__(self, config: pulumi.Config) -> None:
        self._config = config
        self.mistakes: list[str] = []

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self._config.get(key) or default
        if value not in allowed:
            self._mistake(key, value, f"one of {', '.join(allowed)}" if len(allowed) > 1 else allowed[0])
        return value

    def number(self, key: str, allowed: Collection[int], default: int) -> int:
        text = self._config.get(key) or str(default)
        try:
            # 0 stands for the default, unless it is a value by itself.
            value = int(text) if 0 in allowed else int(text) or default
        except ValueError:
            value = None
        if value is None or value not in allowed:
            self._mistake(key, text, f"a whole number {_span(allowed)}")
            return default
        return value

    def text(self, key: str, pattern: str, description: str, default: str) -> str:
        given = self._config.get(key)
        value = default if given is None else given
        if not re.fullmatch(pattern, value):
            self._mistake(key, value, description)
        return value

    def flag(self, key: str, allowed: tuple[bool, ...]) -> bool:
        text = self._config.get(key) or "false"
        words = {str(value).lower(): value for value in allowed}
        if text not in words:
            self._mistake(key, text, " or ".join(words))
        return words.get(text, False)

    def chaos(self, key: str, permission: str) -> str:
        text = self._config.get(key) or ""
        profile = ""
        try:
            profile = str(Profile.parse(text))
        except SettingsError as error:
            self._mistake(key, text, f"a profile as in docs/reliability.md. {error}")
        allowed = self._config.get(permission) == "true"
        if text and not allowed and not pulumi.get_stack().endswith(LOCAL_SUFFIX):
            self._mistake(
                key, text, f"only in stacks whose name ends in {LOCAL_SUFFIX}, or with {permission} true"
            )
        return profile

    def tags(self, key: str) -> dict[str, str]:
        try:
            value: Any = self._config.get_object(key, {})
        except pulumi.ConfigTypeError:
            value = self._config.get(key)
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            self._mistake(key, value, "a map of strings to strings")
            return {}
        return value

    def _mistake(self, key: str, value: object, allowed: str) -> None:
        self.mistakes.append(f"- {self._config.full_key(key)} is {value!r}; allowed: {allowed}")


def _span(allowed: Collection[int]) -> str:
    if isinstance(allowed, range):
        return f"from {allowed.start} to {allowed.stop - 1}"
    return f"out of {', '.join(map(str, allowed))}"
