"""Names for resources that are not given one, as the real providers make them."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class AutoName:
    """Which input is the physical name, and what the cloud lets a name be.

    ``separator`` stands between the resource's name and ``random_digits`` hex digits; ``forbidden`` is a
    regular expression of the characters to leave out.
    """

    property: str = "name"
    max_length: int = 64
    separator: str = "-"
    random_digits: int = 7
    lower: bool = False
    forbidden: str = r"[^A-Za-z0-9_-]"

    def make(self, name: str, seed: bytes) -> str:
        """Return a name for the resource called ``name``; the same seed makes the same name."""
        digits = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(32)
        ending = f"{self.separator}{digits[: self.random_digits]}"
        base = re.sub(self.forbidden, "", name.lower() if self.lower else name)
        return base[: self.max_length - len(ending)] + ending
