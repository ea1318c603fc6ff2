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

# Beyond any bill, and so few digits that every product of a rule is exact.
LARGEST = Decimal(10) ** 18
DECIMALS = 18


def read(path: Path, meters: Collection[str]) -> tuple[MeterReading, ...]:
    """Read a usage file and convert its workloads to meters; ``meters`` are the valid names.

    Raises:
        UsageError: The file cannot be read, or a key or value in it is invalid; the message names the key.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise UsageError(f"The usage file {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"The usage file {path} is not valid TOML: {error}.") from None
    return parse(document, meters)


def parse(document: Mapping[str, Any], meters: Collection[str]) -> tuple[MeterReading, ...]:
    """Convert a usage document, whose numbers are integers or decimals, to metered quantities.

    Raises:
        UsageError: A key is unknown, or a value is missing or invalid; the message names the key.
    """
    with exact():
        return tuple(_metered(document, meters))


def _metered(document: Mapping[str, Any], meters: Collection[str]) -> Iterator[MeterReading]:
    for key, value in document.items():
        if key == "meters":
            yield from _stated(value, meters)
        elif key not in WORKLOADS:
            raise UsageError(
                f"Unknown key {key!r}; a usage file has [meters] and [[{']], [['.join(WORKLOADS)}]]."
            )
        elif not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise UsageError(f"{key!r} must be an array of tables; write [[{key}]].")
        else:
            for number, entry in enumerate(value, 1):
                yield from _build(WORKLOADS[key], entry, f"[[{key}]] number {number}")


def _stated(table: object, meters: Collection[str]) -> Iterator[MeterReading]:
    for name, value in _flat(table):
        if name not in meters:
            raise UsageError(f"[meters]: unknown meter {name!r}; `twinlens prices show` lists them all.")
        quantity = _number(value, f"[meters]: {name}")
        if quantity:
            yield MeterReading(name, quantity, f"{plain(quantity)} as stated")


def _flat(table: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield names and values, whether names are quoted or TOML parsed their dots as tables."""
    if not isinstance(table, dict):
        raise UsageError("'meters' must be a table; write [meters].")
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _build(make: Callable[..., Any], table: Mapping[str, Any], where: str) -> Any:
    """Call ``make`` with the values of ``table``, after checking them against its parameters."""
    parameters = signature(make, eval_str=True).parameters
    for key in table:
        if key not in parameters:
            raise UsageError(f"{where}: unknown key {key!r}; the keys are {', '.join(parameters)}.")
    for key, parameter in parameters.items():
        if parameter.default is Parameter.empty and key not in table:
            raise UsageError(f"{where}: the key {key!r} is missing.")
    values = {
        key: _value(value, parameters[key].annotation, f"{where}: {key}") for key, value in table.items()
    }
    try:
        return make(**values)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _value(value: object, annotation: Any, where: str) -> Any:
    kind = next((part for part in get_args(annotation) if part is not NoneType), annotation)
    if get_origin(annotation) is Literal:
        if value not in get_args(annotation):
            raise UsageError(f"{where} is {value!r}; it must be one of {', '.join(get_args(annotation))}.")
        return value
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise UsageError(f"{where} is {value!r}; it must be a table.")
        return _build(kind, value, where)  # type: ignore[arg-type]
    return _number(value, where)


def _number(value: object, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise UsageError(f"{where} is {value!r}; it must be a number.")
    number = Decimal(value)
    if not number.is_finite() or number < 0:
        raise UsageError(f"{where} is {value}; it must be a finite number that is not negative.")
    if number > LARGEST:
        raise UsageError(f"{where} is {value}; it must not be above {LARGEST:,}.")
    if -int(number.as_tuple().exponent) > DECIMALS:
        raise UsageError(f"{where} is {value}; it must not have more than {DECIMALS} decimals.")
    return number
