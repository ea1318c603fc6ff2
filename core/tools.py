"""Set up a deployed worker's tools, once per worker."""

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
    """Return the tools that the environment variables configure, with containers opened by ``open_store``.

    Raises:
        SetupError: A variable or the recipe is missing or wrong.
    """
    environment = Environment.read(os.environ)
    return Tools(
        input=open_store(environment.input_container),
        output=open_store(environment.output_container),
        recipe=recipes.load(environment.recipe),
        max_bytes=environment.max_bytes,
        max_pixels=environment.max_pixels,
        review=environment.review,
    )
