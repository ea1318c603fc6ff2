"""Texts for messages and measures."""

from __future__ import annotations

import json
import re
from typing import Any

SHOWN = 80  # characters of a refused value


def shortened(value: Any) -> str:
    """Return the value as text, cut to what a message has room for."""
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def without_space(text: str) -> str:
    """Return the text as IAM counts it."""
    return re.sub(r"\s", "", text)


def statements(policy: str) -> list[dict[str, Any]]:
    """Return the statements of a policy document, or none if it is not one."""
    try:
        found = json.loads(policy).get("Statement", [])
    except (ValueError, AttributeError):
        return []
    return found if isinstance(found, list) else [found]


def listed(value: Any) -> list[Any]:
    """Return a value that a policy may give alone or in a list."""
    return value if isinstance(value, list) else [value]
