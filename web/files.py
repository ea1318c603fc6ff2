"""The files of the page, what it is told, and the headers that it is served with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

FOLDER = Path(__file__).with_name("page")
INDEX, NOT_FOUND, CONFIG = "index.html", "404.html", "config.json"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
# Whoever has opened the page before sees a new one at once; the files are small.
CACHE_CONTROL = "no-cache"
# What every answer needs: OWASP's HTTP Headers Cheat Sheet. Those by TLS have HSTS, too.
SAFE_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HSTS_SECONDS = 31_536_000
# The policy of results: should a browser take one for a document, then for one that can do nothing.
INERT = "default-src 'none'; sandbox"


def files() -> dict[str, Path]:
    """Return the files of the page by their names, without its configuration."""
    return {path.name: path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


def content_type(name: str) -> str:
    """Return the media type of a file of the page."""
    return TYPES[Path(name).suffix]


def config(doors: Mapping[str, str]) -> str:
    """Return the page's configuration: the addresses of APIs by the names that the page shows."""
    return json.dumps({"doors": [{"name": name, "api": api.rstrip("/")} for name, api in doors.items()]})


def security_headers(origins: Iterable[str]) -> dict[str, str]:
    """Return the headers that confine the page to itself, and to these origins of APIs and stores."""
    others = " ".join(dict.fromkeys(origins))
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' blob: {others}",
        "connect-src": f"'self' {others}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}".strip() for name, value in policy.items()),
        **SAFE_HEADERS,
    }
