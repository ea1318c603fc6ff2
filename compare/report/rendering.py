"""Render the report's templates: Jinja escapes values in HTML, :func:`text` escapes them in Markdown."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from compare.cost.exact import dollars
from compare.figures import duration, size
from compare.report import billed, cost_tables, forecast, tables
from core.visible import visible_page

# Characters that could end a cell, open a tag or a link, or mark emphasis.
SPECIAL = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_{}[]<>|~#!"} | {"\n": " ", "\r": " "}
)


def render(template: str, **values: object) -> str:
    """Render ``template``, which can use the table functions; control characters become escapes."""
    made = _environment().get_template(template)
    modules = {"tables": tables, "cost_tables": cost_tables, "billed": billed, "forecasts": forecast}
    return visible_page(made.render(**modules, **values))


def text(value: str) -> str:
    """Escape the characters that have a meaning in Markdown."""
    return value.translate(SPECIAL)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("compare.report"),
        autoescape=select_autoescape(("html.j2",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"duration": duration, "size": size, "dollars": dollars, "text": text}
    return environment
