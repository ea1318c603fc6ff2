"""Find the modules of a package by name, so that adding one takes only a new file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from core.errors import SetupError
from core.mistakes import meant


@cache
def names(package: str) -> tuple[str, ...]:
    """Return the names of the package's modules, sorted."""
    return tuple(sorted(module.name for module in iter_modules(import_module(package).__path__)))


def load(package: str, name: str, error: type[SetupError] = SetupError) -> ModuleType:
    """Import one module of the package, and no other of them.

    Raises:
        SetupError: The module does not exist; the exception is of the class ``error``.
    """
    if name not in names(package):
        kind, known = package.rpartition(".")[2].removesuffix("s"), names(package)
        raise error(f"There is no {kind} {name!r}{meant(name, known)}; there are {', '.join(known)}.")
    return import_module(f"{package}.{name}")
