"""Settings that depend on another one, or have parts."""

from __future__ import annotations

import pulumi

from components.config_reader import Allowed, ConfigReader
from core.chaos import Profile
from core.deployment.names import LOCAL_SUFFIX
from core.errors import SettingsError
from core.review.flags import NONE

EXPRESS = "express"  # the orchestrator that cannot wait for a person
# Durable Functions splits timers beyond six days and cannot cancel the parts: stay below.
REVIEW_SECONDS = range(10, 5 * 86_400 + 1)
DEFAULT_SECONDS = 86_400


def read_chaos(reader: ConfigReader, *, allowed: bool) -> str:
    """Return the profile of injected faults, which stacks that are not for tests have to be allowed."""
    text = reader.text("chaos", r"(?s).*", "", "")
    profile = ""
    try:
        profile = str(Profile.parse(text))
    except SettingsError as error:
        reader.mistake("chaos", text, f"a profile as in docs/reliability.md. {error}")
    if text and not allowed and not pulumi.get_stack().endswith(LOCAL_SUFFIX):
        reader.mistake(
            "chaos", text, f"only in stacks whose name ends in {LOCAL_SUFFIX}, or with allowChaos true"
        )
    return profile


def read_budget(reader: ConfigReader, allowed: Allowed[int]) -> int:
    """Return the budget in dollars, which needs an address to notify; 0 for none."""
    dollars = reader.number("monthlyBudget", allowed, 0)
    if dollars and not reader.text("notifyEmail", r"(?s).*", "", ""):
        reader.mistake("monthlyBudget", str(dollars), "only with notifyEmail, the address to notify")
    return dollars


def read_review(
    reader: ConfigReader, orchestrator: str, modes: Allowed[str], allowed: Allowed[int]
) -> tuple[str, int]:
    """Return which photos a person decides about, and how many seconds that may take; 0 if there are none."""
    mode = reader.choice("review", modes, NONE)
    seconds = reader.number("reviewSeconds", allowed, DEFAULT_SECONDS)
    if mode == NONE:
        return mode, 0
    if orchestrator == EXPRESS:
        reader.mistake("review", mode, f"{NONE} with orchestrator {EXPRESS}: it ends after five minutes")
    return mode, seconds


def read_tags(reader: ConfigReader) -> dict[str, str]:
    """Return the tags."""
    wanted = "a map of strings to strings"
    value = reader.table("tags", wanted)
    if not all(isinstance(each, str) for each in value.values()):
        reader.mistake("tags", value, wanted)
        return {}
    return value
