"""A table of a price book file that names itself in every complaint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from compare.errors import PriceBookError


class Table:
    """Reads the values of one TOML table, once each, and knows which were left over."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = dict(values)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string; a missing one is an error unless there is a default."""
        if key not in self._values and default is not None:
            return default
        value = self._take(key)
        if not isinstance(value, str):
            raise self._wrong(key, value, "a string")
        return value

    def choice[Choice: str](self, key: str, choices: Sequence[Choice]) -> Choice:
        """Return a string that is one of ``choices``."""
        value = self._take(key)
        for choice in choices:
            if value == choice:
                return choice
        raise self._wrong(key, value, f"one of {', '.join(choices)}")

    def date(self, key: str) -> date:
        """Return a date."""
        value = self._take(key)
        if type(value) is not date:
            raise self._wrong(key, value, "a date")
        return value

    def number(self, key: str) -> Decimal:
        """Return a number that is finite and not negative."""
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._wrong(key, value, "a number")
        number = Decimal(value)
        if not number.is_finite() or number < 0:
            raise self._wrong(key, value, "a finite number that is not negative")
        return number

    def optional_number(self, key: str) -> Decimal | None:
        """Return a number like :meth:`number`, or None where there is none."""
        return self.number(key) if key in self else None

    def positive(self, key: str) -> Decimal:
        """Return a number above zero."""
        number = self.number(key)
        if not number:
            raise self._wrong(key, number, "a number above zero")
        return number

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a table as it stands, empty where there is none."""
        value = self._values.pop(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, value, "a table")
        return value

    def table(self, key: str) -> Table:
        """Return a table within this one."""
        value = self._take(key)
        if not isinstance(value, dict):
            raise self._wrong(key, value, "a table")
        return Table(f"{self.where}, {key}", value)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Return what is left of this table, all of which must be tables."""
        for key in list(self._values):
            yield key, self.table(key)

    def array(self, key: str) -> list[Table]:
        """Return an array of tables that has at least one."""
        value = self._take(key)
        if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
            raise self._wrong(key, value, "an array of tables")
        return [Table(f"{self.where}, {key} {number}", each) for number, each in enumerate(value, 1)]

    def finish(self) -> None:
        """Complain about keys that nobody asked for."""
        if self._values:
            raise PriceBookError(f"{self.where} has a key that means nothing: {', '.join(self._values)}.")

    def _take(self, key: str) -> Any:
        if key not in self._values:
            raise PriceBookError(f"{self.where} has no {key!r}.")
        return self._values.pop(key)

    def _wrong(self, key: str, value: object, wanted: str) -> PriceBookError:
        return PriceBookError(f"{self.where}: {key} is {value!r}; it must be {wanted}.")
