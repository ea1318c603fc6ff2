"""Read a usage file: one month's quantities, stated as meters or as workloads."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from inspect import Parameter, signature
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from compare.billing.reading import MeterReading, plain
from compare.cost.exact import exact
from compare.cost.workloads import WORKLOADS
from compare.errors import UsageError
from core.mistakes import Mistakes, meant

# Beyond any bill, and so few digits that every product of a rule is exact.
LARGEST = Decimal(10) ** 30
DECIMALS = 18
SHOWN = 40  # characters of a wrong value


def read(path: Path, meters: Collection[str]) -> tuple[MeterReading, ...]:
    """Read a usage file and convert its workloads to meters; ``meters`` are the valid names.

    Raises:
        UsageError: The file cannot be read, or has mistakes; the message has a line for each.
    """
    try:
        # Windows editors begin a file with a byte order mark.
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise UsageError(f"The usage file {path} cannot be read: {error.strerror}.") from None
    except RecursionError:
        raise UsageError(
            f"The usage file {path} is nested too deeply; no key needs more than two levels."
        ) from None
    except ValueError as error:  # not only of TOML: Python refuses integers of thousands of digits
        raise UsageError(f"The usage file {path} is not valid TOML: {error}.") from None
    return parse(document, meters)


def parse(document: Mapping[str, Any], meters: Collection[str]) -> tuple[MeterReading, ...]:
    """Convert a usage document, whose numbers are integers or decimals, to metered quantities.

    Raises:
        UsageError: Keys are unknown, or values missing or invalid; the message has a line for each.
    """
    mistakes = Mistakes(UsageError)
    with exact():
        metered = tuple(_metered(document, meters, mistakes))
    mistakes.report()
    return metered


def _metered(
    document: Mapping[str, Any], meters: Collection[str], mistakes: Mistakes
) -> Iterator[MeterReading]:
    for key, value in document.items():
        if key == "meters" and isinstance(value, dict):
            for name, quantity in _flat(value):
                with mistakes.noted():
                    yield from _stated(name, quantity, meters)
        elif key in WORKLOADS and isinstance(value, list) and all(isinstance(each, dict) for each in value):
            for number, entry in enumerate(value, 1):
                with mistakes.noted():
                    yield from _build(WORKLOADS[key], entry, f"[[{key}]] number {number}")
        else:
            with mistakes.noted():
                raise UsageError(_misplaced(key))


def _misplaced(key: str) -> str:
    if key == "meters":
        return "'meters' must be a table; write [meters]."
    if key in WORKLOADS:
        return f"{key!r} must be an array of tables; write [[{key}]]."
    hint = meant(key, ("meters", *WORKLOADS))
    return f"Unknown key {key!r}{hint}; a usage file has [meters] and [[{']], [['.join(WORKLOADS)}]]."


def _stated(name: str, value: object, meters: Collection[str]) -> Iterator[MeterReading]:
    if name not in meters:
        hint = meant(name, meters)
        raise UsageError(f"[meters]: unknown meter {name!r}{hint}; `twinlens prices show` lists them all.")
    quantity = _number(value, f"[meters]: {name}")
    if quantity:
        yield MeterReading(name, quantity, f"{plain(quantity)} as stated")


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield names and values, whether names are quoted or TOML parsed their dots as tables."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _build(make: Callable[..., Any], table: Mapping[str, Any], where: str) -> Any:
    """Call ``make`` with the values of ``table``, after checking them against its parameters.

    Raises:
        UsageError: Some are wrong or missing; the message has a line for each.
    """
    parameters = signature(make, eval_str=True).parameters
    mistakes, values = Mistakes(UsageError), {}
    for key, value in table.items():
        with mistakes.noted():
            if key not in parameters:
                hint = meant(key, parameters)
                raise UsageError(f"{where}: unknown key {key!r}{hint}; the keys are {', '.join(parameters)}.")
            values[key] = _value(value, parameters[key].annotation, f"{where}: {key}")
    for key, parameter in parameters.items():
        with mistakes.noted():
            if parameter.default is Parameter.empty and key not in table:
                raise UsageError(f"{where}: the key {key!r} is missing.")
    mistakes.report()
    try:
        return make(**values)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _value(value: object, annotation: Any, where: str) -> Any:
    kind = next((part for part in get_args(annotation) if part is not NoneType), annotation)
    if get_origin(annotation) is Literal:
        if value not in get_args(annotation):
            allowed = ", ".join(get_args(annotation))
            raise UsageError(f"{where} is {_shown(value)}; it must be one of {allowed}.")
        return value
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise UsageError(f"{where} is {_shown(value)}; it must be a table.")
        return _build(kind, value, where)  # type: ignore[arg-type]
    return _number(value, where)


def _number(value: object, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise UsageError(f"{where} is {_shown(value)}; it must be a number.")
    number = Decimal(value)
    if not number.is_finite() or number < 0:
        raise UsageError(f"{where} is {_shown(value)}; it must be a finite number that is not negative.")
    if number > LARGEST:
        raise UsageError(f"{where} is {_shown(value)}; it must not be above 10^30.")
    if -int(number.as_tuple().exponent) > DECIMALS:
        raise UsageError(f"{where} is {_shown(value)}; it must not have more than {DECIMALS} decimals.")
    return number


def _shown(value: object) -> str:
    """Return a wrong value as it was written, cut if it is long."""
    text = str(value) if isinstance(value, int | Decimal) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
