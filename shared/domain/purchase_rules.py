"""The rules of a market's purchase loans."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PurchaseRules:
    """A reservation counts for `reserve_minutes`, a limit for `limit_days` after its decision.

    With `refund_keeps_fees` the lender keeps its fees when a merchant gives back the whole price.
    """

    reserve_minutes: int
    limit_days: int
    refund_keeps_fees: bool
