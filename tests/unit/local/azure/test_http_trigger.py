"""Routes of HTTP triggers: which paths and methods they answer, and what is not served."""

from typing import Any

import pytest

from local.azure.bindings import Function
from local.azure.errors import DeploymentError
from local.azure.http_trigger import Route


async def run(value: Any) -> None: ...


def route(**trigger: Any) -> Route:
    binding = {"type": "httpTrigger", "name": "req", "authLevel": "anonymous", **trigger}
    return Route.of(Function("id", "review", (binding,)), run)


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        (None, "/api/review", {}),
        ("jobs/{handle}", "/api/jobs/a.b", {"handle": "a.b"}),
        ("a.b", "/api/A.B", {}),
    ],
)
def test_a_path_that_matches(template: str | None, path: str, parameters: dict[str, str]) -> None:
    match = route(route=template).pattern.fullmatch(path)
    assert match is not None
    assert match.groupdict() == parameters


@pytest.mark.parametrize("path", ["/review", "/api/reviews", "/api/axb", "/api/jobs/a/b", "/api/jobs/"])
def test_a_path_that_does_not(path: str) -> None:
    assert not any(route(route=each).pattern.fullmatch(path) for each in ("review", "a.b", "jobs/{handle}"))


def test_methods_are_those_of_the_trigger() -> None:
    assert route(methods=["get", "POST"]).methods == {"GET", "POST"}


@pytest.mark.parametrize(
    ("trigger", "named"),
    [
        ({"authLevel": "function"}, "FUNCTION"),
        ({"route": "jobs/{id:int}"}, "id:int"),
        ({"route": "{x?}"}, "x?"),
    ],
)
def test_what_is_not_served_is_refused_by_name(trigger: dict[str, str], named: str) -> None:
    with pytest.raises(DeploymentError, match=named.replace("?", r"\?")):
        route(**trigger)
