"""The routes of functions with an HTTP trigger: ASP.NET's route templates, as far as functions use them.

A template has segments between slashes: text, ``{name}``, ``{name:constraint}``, and at the end ``{name?}``
or ``{*name}`` for everything that follows (learn.microsoft.com, "Routing in ASP.NET Core", route templates).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.azure.bindings import HTTP_TRIGGER, Function
from local.azure.errors import DeploymentError

PARAMETER = re.compile(r"\{(\*?)([A-Za-z_]\w*)(?::(\w+))?(\??)\}")
CONSTRAINTS = {
    "alpha": "[A-Za-z]+",
    "guid": "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "int": r"-?\d{1,10}",
}
LEVELS = ("anonymous", "function", "admin")
# The order in which segments are tried.
TEXT, CONSTRAINED, ANY, REST = range(4)


@dataclass(frozen=True)
class Route:
    """Which requests a function answers; no ``methods`` means all, ``level`` says which key they need."""

    function: Function
    pattern: re.Pattern[str]
    rank: tuple[int, ...]
    methods: frozenset[str]
    level: str

    @classmethod
    def of(cls, function: Function, prefix: str) -> Route:
        """Return the route of a function; ``prefix`` is host.json's ``routePrefix``.

        Raises:
            DeploymentError: The template has a segment that is not served here.
        """
        trigger = function.trigger
        template = str(trigger.get("route") or function.name).strip("/")
        pattern, rank = "", []
        for segment in filter(None, [*prefix.strip("/").split("/"), *template.split("/")]):
            part, kind = _segment(segment, function.name)
            pattern += part
            rank.append(kind)
        methods = frozenset(str(each).upper() for each in trigger.get("methods") or ())
        level = str(trigger.get("authLevel") or "function").lower()
        return cls(function, re.compile(f"{pattern}/?", re.IGNORECASE), tuple(rank), methods, level)


def routes(functions: Iterable[Function], prefix: str) -> tuple[Route, ...]:
    """Return the routes of all functions with an HTTP trigger, in the order in which they are tried."""
    made = [Route.of(each, prefix) for each in functions if each.trigger["type"] == HTTP_TRIGGER]
    return tuple(sorted(made, key=lambda route: route.rank))


def find(known: Iterable[Route], method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """Return the route that answers a request, and its parameters.

    A route with other methods does not match, so that a wrong method is answered like an unknown path:
    https://github.com/Azure/azure-functions-host/issues/10098.
    """
    # Kestrel decodes everything but slashes.
    decoded = unquote(re.sub("%2f", "%252F", path, flags=re.IGNORECASE))
    for route in known:
        matched = route.pattern.fullmatch(decoded)
        if matched and (not route.methods or method in route.methods):
            return route, {name: value for name, value in matched.groupdict().items() if value is not None}
    return None


def _segment(text: str, function: str) -> tuple[str, int]:
    if "{" not in text and "}" not in text:
        return f"/{re.escape(text)}", TEXT
    found = PARAMETER.fullmatch(text)
    if found is None or (found[3] and found[3] not in CONSTRAINTS):
        raise DeploymentError(
            f"The route of the function {function!r} has the segment {text!r}; the local host serves text, "
            f"{{name}}, {{name?}}, {{*name}}, and the constraints {', '.join(CONSTRAINTS)}."
        )
    rest, name, constraint, optional = found.groups()
    if rest:
        return f"(?:/(?P<{name}>.*))?", REST
    part = f"/(?P<{name}>{CONSTRAINTS.get(constraint, '[^/]+')})"
    return (f"(?:{part})?" if optional else part), CONSTRAINED if constraint else ANY
