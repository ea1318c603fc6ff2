"""Routes: which function answers which request."""

from typing import Any

import pytest

from local.azure.bindings import Function
from local.azure.errors import DeploymentError
from local.azure.http.routes import find, routes


def function(name: str, route: str | None = None, **more: Any) -> Function:
    trigger = {"type": "httpTrigger", "name": "request", "route": route, **more}
    return Function(name, name, (trigger, {"type": "http", "name": "$return"}))


KNOWN = routes(
    [
        function("anything", "{*rest}"),
        function("one", "jobs/{id}", methods=["GET"]),
        function("number", "jobs/{id:int}", methods=["GET"]),
        function("newest", "jobs/newest", methods=["GET"], authLevel="ANONYMOUS"),
        function("page", "pages/{number?}"),
        function("Named"),
        Function("queue", "queue", ({"type": "queueTrigger", "name": "message"},)),
    ],
    "api",
)


@pytest.mark.parametrize(
    ("method", "path", "name", "parameters"),
    [
        ("GET", "/api/jobs/a%20b", "one", {"id": "a b"}),
        ("GET", "/api/jobs/a%2Fb", "one", {"id": "a%2Fb"}),
        ("GET", "/API/Jobs/newest/", "newest", {}),
        ("GET", "/api/jobs/17", "number", {"id": "17"}),
        ("POST", "/api/jobs/17", "anything", {"rest": "jobs/17"}),
        ("HEAD", "/api/jobs/newest", "anything", {"rest": "jobs/newest"}),
        ("PUT", "/api/pages", "page", {}),
        ("PUT", "/api/pages/2", "page", {"number": "2"}),
        ("GET", "/api/named", "Named", {}),
    ],
)
def test_the_most_exact_route_of_the_method_answers(
    method: str, path: str, name: str, parameters: dict[str, str]
) -> None:
    found = find(KNOWN, method, path)
    assert found
    assert (found[0].function.name, found[1]) == (name, parameters)


def test_a_wrong_method_is_an_unknown_path() -> None:
    known = routes([function("one", "jobs/{id}", methods=["GET"])], "")
    assert find(known, "GET", "/jobs/1")
    assert find(known, "POST", "/jobs/1") is None
    assert find(known, "GET", "/api/jobs/1") is None


def test_a_key_is_demanded_unless_the_function_says_otherwise() -> None:
    levels = {each.function.name: each.level for each in KNOWN}
    assert (levels["newest"], levels["one"]) == ("anonymous", "function")


@pytest.mark.parametrize("route", ["{name}.jpg", "{id:regex(a)}", "{*rest", "a/{}"])
def test_what_is_not_served_is_refused(route: str) -> None:
    with pytest.raises(DeploymentError, match="'odd' has the segment"):
        routes([function("odd", route)], "api")
