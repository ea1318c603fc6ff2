"""Run MiniStack a little closer to AWS than it is by itself; by its own interpreter, as a program."""

from __future__ import annotations

import sys
from pathlib import Path

from ministack import app

# At the end, where the project's folders hide nobody's modules.
sys.path.append(str(Path(__file__).parents[2]))

from local.ministack import keeping, lambda_errors, roles, turns

if __name__ == "__main__":
    lambda_errors.repair()
    turns.take()
    if app.AUTH:
        roles.obey()
    keeping.begin()
    app.main()
