"""The books of a loan: double entries that are added and never changed.

They mirror the lender's own books. Money goes between lender and borrower, so that there is no account of the
platform's own cash (RBI Digital Lending Directions 2025: no pool or pass-through account).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared.domain.allocation import Due, Line
from shared.domain.money import Money

# The chart of accounts: which side makes an account grow.
ACCOUNTS = {
    "principal": "asset",
    "interest_receivable": "asset",
    "fee_receivable": "asset",
    "penalty_receivable": "asset",
    "lender_funds": "asset",
    "payouts_in_transit": "asset",
    "excess": "liability",
    "tax_payable": "liability",
    "interest_income": "income",
    "fee_income": "income",
    "penalty_income": "income",
}
RECEIVABLE = {
    "principal": "principal",
    "interest": "interest_receivable",
    "fee": "fee_receivable",
    "penalty": "penalty_receivable",
}


@dataclass(frozen=True, slots=True)
class Posting:
    """One debit and one credit of the same amount: it cannot be unbalanced."""

    debit: str
    credit: str
    amount: Money

    def __post_init__(self) -> None:
        assert self.debit in ACCOUNTS and self.credit in ACCOUNTS and self.debit != self.credit, self
        assert self.amount.minor > 0, self


@dataclass(frozen=True, slots=True)
class Entry:
    """One business event in a loan's books.

    `entry_id` is natural: what caused the event names it, so that its second try meets the first. `due` is what this
    entry made demandable; `lines` are the dues that it settled; `ahead` is the part that settled the coming instalment
    before its date; `carried` is interest of the period that moves into the next one; `instalment` replaces the equal
    instalment. All of these are minor units.
    """

    entry_id: str
    kind: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    postings: tuple[Posting, ...]
    due: Due | None = None
    lines: tuple[Line, ...] = ()
    ahead: int = 0
    carried: int = 0
    instalment: int | None = None
    payout_id: str | None = None

    def moved(self, account: str) -> int:
        """What the entry added to the debit side of an account, in minor units; negative for a credit."""
        return self.debited(account) - sum(
            posting.amount.minor for posting in self.postings if posting.credit == account
        )

    def debited(self, account: str) -> int:
        return sum(posting.amount.minor for posting in self.postings if posting.debit == account)


def balances(entries: Iterable[Entry]) -> Mapping[str, int]:
    """Debit less credit of every account that was touched, in minor units. Their sum is always zero."""
    found: Counter[str] = Counter()
    for entry in entries:
        for posting in entry.postings:
            found[posting.debit] += posting.amount.minor
            found[posting.credit] -= posting.amount.minor
    return found


def postings(*wanted: tuple[str, str, Money]) -> tuple[Posting, ...]:
    """Debit, credit, amount; those of nothing are left out."""
    return tuple(Posting(debit, credit, amount) for debit, credit, amount in wanted if amount)
