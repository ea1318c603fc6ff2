"""Generated names for resources without a given name, as the real providers create them."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class AutoName:
    """The input with the physical name, and the cloud's rules for names.

    ``separator`` is between the resource's name and ``random_digits`` hex digits; ``forbidden`` is a regular
    expression for the characters to remove.
    """

    property: str = "name"
    max_length: int = 64
    separator: str = "-"
    random_digits: int = 7
    lower: bool = False
    forbidden: str = r"[^A-Za-z0-9_-]"

    def make(self, name: str, seed: bytes) -> str:
        """Return a name for the resource ``name``; the same seed gives the same name."""
        digits = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(32)
        ending = f"{self.separator}{digits[: self.random_digits]}"
        base = re.sub(self.forbidden, "", name.lower() if self.lower else name)
        return base[: self.max_length - len(ending)] + ending
