"""Errors of pricing and comparison.

The tree, below :class:`core.errors.TwinlensError`::

    CostError
    ├── UsageError          a stated usage is invalid; the message names the key
    ├── PriceBookError      the price book is invalid, or lacks the requested price
    ├── PriceSourceError    a vendor's price list could not be read
    └── UnknownCloud        Twinlens does not know the cloud or the orchestrator of a stack
"""

from __future__ import annotations

from core.errors import TwinlensError


class CostError(TwinlensError):
    """An error in usage or prices that the user has to correct."""


class UsageError(CostError):
    """A stated usage has an unknown key or an invalid value."""


class PriceBookError(CostError):
    """The price book is invalid, or lacks the requested price."""


class PriceSourceError(CostError):
    """A vendor's price list could not be read."""


class UnknownCloud(CostError):
    """Twinlens does not know the cloud or the orchestrator of a stack."""
