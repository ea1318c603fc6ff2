"""What goes wrong on the way from usage to money.

The tree, below :class:`core.errors.TwinlensError`::

    CostError
    ├── UsageError          a stated usage makes no sense; the key is named
    ├── PriceBookError      the price book is broken, or has no price for what is asked
    ├── PriceSourceError    a vendor's price list could not be read
    └── UnknownCloud        a stack is on a cloud, or under an orchestrator, that nothing is known of
"""

from __future__ import annotations

from core.errors import TwinlensError


class CostError(TwinlensError):
    """Something about usage or prices that a person has to put right."""


class UsageError(CostError):
    """A stated usage has an unknown key or a value that cannot be."""


class PriceBookError(CostError):
    """The price book is broken, or has no price for what is asked."""


class PriceSourceError(CostError):
    """A vendor's price list could not be read."""


class UnknownCloud(CostError):
    """A stack is on a cloud, or under an orchestrator, that nothing is known of."""
