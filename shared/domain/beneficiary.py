"""The account that a payout goes to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """`ifsc` is None in a market whose banks have other codes."""

    holder_name: str
    account_number: str
    ifsc: str | None = None
