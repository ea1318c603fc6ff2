"""The routes of the API, for the components that publish them and the handlers that answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """A route: its path is a template, relative to the API's address.

    ``guarded`` says whether a stack with sign-in asks for a token.
    """

    name: str
    method: str
    path: str
    guarded: bool = False


ROUTES = (
    Route("create_upload", "POST", "/uploads", guarded=True),
    Route("get_job", "GET", "/jobs/{id}", guarded=True),
    Route("get_health", "GET", "/health"),
    Route("get_openapi", "GET", "/openapi.json"),
)
