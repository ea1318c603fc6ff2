"""Get a deployed worker's tools ready, once for its life."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from core import recipes
from core.deployment.variables import Environment
from core.ports import ObjectStore
from core.steps import Tools


@cache
def tools(open_store: Callable[[str], ObjectStore]) -> Tools:
    """Return what the environment variables ask for, with the two containers opened by ``open_store``.

    Raises:
        SetupError: A variable is missing or wrong, or the recipe is.
    """
    environment = Environment.read(os.environ)
    return Tools(
        input=open_store(environment.input_container),
        output=open_store(environment.output_container),
        recipe=recipes.load(environment.recipe),
        max_bytes=environment.max_bytes,
        max_pixels=environment.max_pixels,
    )
