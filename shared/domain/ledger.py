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

# What follows from the contract and from other entries. All other kinds are given: they say what happened outside.
DERIVED = frozenset({"due", "settled_from_excess", "penal_charge", "closure"})


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
class Plan:
    """When the instalments to come fall due, and how large they are.

    Instalment `anchor_number` falls due on `anchor_on` and the others are counted from it (number 0 is the
    disbursement itself); `last_number` takes all that is left; `instalment` is the equal one, in minor units.
    """

    anchor_on: date
    anchor_number: int
    last_number: int
    instalment: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One business event in a loan's books.

    `entry_id` is natural: what caused the event names it, so that its second try meets the first; what is posted after
    the books were corrected bears the correction's number, as `due.3~2`. `reversal_of` is the id of the entry that
    this one undoes. `purpose` is what money received was meant for. `due` is what this entry made demandable;
    `penalties` what it charged for late dues (with the component `tax` for the tax on them); `lines` are the dues that
    it settled; `ahead` is the part that settled coming instalments before their dates; `carried` is interest of the
    period that moves into the next one; `plan` replaces the present one. Amounts are minor units.
    """

    entry_id: str
    kind: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    postings: tuple[Posting, ...]
    purpose: str | None = None
    reversal_of: str | None = None
    due: Due | None = None
    penalties: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    ahead: int = 0
    carried: int = 0
    plan: Plan | None = None
    payout_id: str | None = None

    @property
    def is_given(self) -> bool:
        """Whether it says what happened outside, and so is kept when the books are worked out again."""
        return self.kind not in DERIVED and self.reversal_of is None

    @property
    def name(self) -> str:
        """The id without the number of a correction."""
        return self.entry_id.partition("~")[0]

    @property
    def revision(self) -> int:
        """The number of the correction that it was posted by or after; 0 before the first."""
        return int(self.entry_id.rpartition("~")[2]) if "~" in self.entry_id else 0

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


def live(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those that stand: neither undone nor undoing. They are in the order of their dates."""
    entries = sorted(entries, key=lambda entry: entry.sequence)
    undone = {entry.reversal_of for entry in entries}
    return tuple(entry for entry in entries if entry.reversal_of is None and entry.entry_id not in undone)


def postings(*wanted: tuple[str, str, Money]) -> tuple[Posting, ...]:
    """Debit, credit, amount; those of nothing are left out."""
    return tuple(Posting(debit, credit, amount) for debit, credit, amount in wanted if amount)
