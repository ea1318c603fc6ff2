"""Draw charts: as pictures in SVG, and with the library that draws them in a browser."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from importlib.metadata import version

import vl_convert

from compare.report.charts.style import Spec
from core.cache import root
from core.files import write_whole

CLIP = re.compile(r"\bclip[0-9]+\b")


def picture(name: str, spec: Spec) -> str:
    """Return the chart as an SVG element that scales with the page; its ids begin with ``name``."""
    drawn = vl_convert.vegalite_to_svg(spec)
    # The library counts its ids on and on, from chart to chart.
    numbers = {each: number for number, each in enumerate(dict.fromkeys(CLIP.findall(drawn)))}
    drawn = CLIP.sub(lambda found: f"{name}-clip{numbers[found[0]]}", drawn)
    return drawn.replace("<svg ", '<svg role="presentation" ', 1)


@cache
def library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script.

    Bundling takes seconds, so the result is kept in the user's cache, if that can be written.
    """
    kept = root() / f"vega-{version('vl-convert-python')}.js"
    with suppress(OSError):
        return kept.read_text(encoding="utf-8")
    made: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, made.encode())
    return made
