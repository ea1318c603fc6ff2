"""Stacks in memory for the tests of this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from memory_stacks import clouds, photos, run

__all__ = ["clouds", "photos", "run"]
