"""The subset of Resource Manager's template expressions that the program uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from local.providers.azure_native import functions
from local.providers.resource import ProviderError

TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(\w+)|([(),.]))")
HOURS = re.compile(r"PT(\d+)H")
TIME = "%Y%m%dT%H%M%SZ"  # what utcNow() writes

Values = Mapping[str, Any]


def parameters(declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, Mapping[str, Any]]) -> Values:
    """Return the parameters' values: those given, and defaults, which may refer to each other.

    Raises:
        ProviderError: A given parameter is not declared, or one without a default is not given.
    """
    if unknown := given.keys() - declared.keys():
        raise ProviderError(
            f"The template declares the parameters {sorted(declared)}, but is given {sorted(unknown)}."
        )
    for name in declared.keys() - given.keys():
        if "defaultValue" not in declared[name]:
            raise ProviderError(f"The template's parameter {name!r} is not given and has no default.")
    return _Parameters(declared, given)


def value(text: str, known: Values) -> Any:
    """Evaluate a template text: an expression if it is in brackets, otherwise the text itself.

    Raises:
        ProviderError: It is not a valid expression, or not supported by this stand-in.
    """
    if not (text.startswith("[") and text.endswith("]")):
        return text
    return _Expression(text, known).value()


class _Parameters(dict[str, Any]):
    """Evaluates a default on first access, since parameters reach a provider in no particular order."""

    def __init__(
        self, declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, Mapping[str, Any]]
    ) -> None:
        super().__init__({name: each["value"] for name, each in given.items()})
        self._declared = declared

    def __missing__(self, name: str) -> Any:
        if name not in self._declared:
            raise ProviderError(f"The template declares no parameter {name!r}.")
        self[name] = found = value(self._declared[name]["defaultValue"], self)
        return found


class _Expression:
    """A string, a call, or a property of a call's result."""

    def __init__(self, text: str, known: Values) -> None:
        self._text, self._tokens = text, list(_tokens(text))
        self._functions: dict[str, Callable[..., Any]] = {
            "parameters": lambda name: known[name],
            "concat": lambda *parts: "".join(parts),
            "createObject": lambda *parts: dict(zip(parts[::2], parts[1::2], strict=True)),
            "utcNow": lambda: datetime.now(UTC).strftime(TIME),
            "dateTimeAdd": _later,
            "listServiceSas": _signed,
        }

    def value(self) -> Any:
        found = self._one()
        if self._tokens:
            raise self._wrong()
        return found

    def _one(self) -> Any:
        text, name, _ = self._next()
        if name is None:
            if text is None:
                raise self._wrong()
            return text.replace("''", "'")
        if name not in self._functions or not self._is("("):
            raise self._wrong()
        found = self._functions[name](*self._arguments())
        while self._is("."):
            found = found[self._next()[1]]
        return found

    def _arguments(self) -> list[Any]:
        if self._is(")"):
            return []
        found = [self._one()]
        while self._is(","):
            found.append(self._one())
        if not self._is(")"):
            raise self._wrong()
        return found

    def _is(self, sign: str) -> bool:
        """Return whether the next token is ``sign``, and skip it if so."""
        if not self._tokens or self._tokens[0][2] != sign:
            return False
        self._next()
        return True

    def _next(self) -> tuple[str | None, str | None, str | None]:
        if not self._tokens:
            raise self._wrong()
        return self._tokens.pop(0)

    def _wrong(self) -> ProviderError:
        return ProviderError(f"The local stand-in does not understand the expression {self._text}.")


def _tokens(text: str) -> Iterator[tuple[str | None, str | None, str | None]]:
    at, end = 1, len(text) - 1
    while at < end:
        found = TOKEN.match(text, at, end)
        if found is None:
            raise ProviderError(f"The local stand-in does not understand the expression {text}.")
        yield found[1], found[2], found[3]
        at = found.end()


def _later(time: str, by: str) -> str:
    hours = HOURS.fullmatch(by)
    if hours is None:
        raise ProviderError(f"The local stand-in adds whole hours to a time, as PT1H, not {by!r}.")
    return (datetime.strptime(time, TIME) + timedelta(hours=int(hours[1]))).strftime(TIME)


def _signed(account: str, version: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the result of ``listServiceSas``, whose parameter names differ from azure-native's function."""
    return functions.list_storage_account_service_sas(
        {
            "accountName": account.rpartition("/")[2],
            "canonicalizedResource": asked["canonicalizedResource"],
            "resource": asked["signedResource"],
            "permissions": asked["signedPermission"],
            "protocols": asked["signedProtocol"],
            "sharedAccessExpiryTime": asked["signedExpiry"],
        }
    )
