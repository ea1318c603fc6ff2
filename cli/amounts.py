"""Numbers that a command line states, read exactly."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import typer


def decimal(text: str) -> Decimal:
    """Return a number of at least zero."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is not a number.") from None
    if not value.is_finite() or value < 0:
        raise typer.BadParameter(f"{text} is not a finite number of at least zero.")
    return value


def size(text: str) -> Decimal:
    """Return the size of a photo in megapixels."""
    value = decimal(text)
    if not value:
        raise typer.BadParameter("A photo of 0 megapixels has no pixels.")
    return value


def share(text: str) -> Decimal:
    """Return a share between 0 and 1."""
    value = decimal(text)
    if value > 1:
        raise typer.BadParameter(f"{text} is not a share between 0 and 1.")
    return value
