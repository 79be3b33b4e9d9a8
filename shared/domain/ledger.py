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
    "recoveries": "income",
    "waivers": "expense",
    "write_offs": "expense",
}
RECEIVABLE = {
    "principal": "principal",
    "interest": "interest_receivable",
    "fee": "fee_receivable",
    "penalty": "penalty_receivable",
}

# What follows from the contract and from other entries. All other kinds are given: they say what happened outside.
DERIVED = frozenset(
    {"due", "settled_from_excess", "penal_charge", "closure", "waiver", "waiver_lapsed", "plan_broken", "watch_ended"}
)


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
class Grant:
    """A waiver that was granted: so much of each component is given up, if still unpaid, once `pay` was paid by `by`.

    `pay` counts money that comes after the grant; zero waives at once. What is beyond it settles nothing that is given
    up. With `closes` all that is left is given up, and what is beyond `pay` is the borrower's. Amounts are minor units,
    of the oldest dues first.
    """

    relief_id: str
    pay: int
    by: date
    interest: int = 0
    fee: int = 0
    penalty: int = 0
    closes: bool = False


@dataclass(frozen=True, slots=True)
class NewTerms:
    """A plan for the same debt: so many instalments from a first date on, over all principal that is unpaid.

    Overdue interest, fees and penal charges are added to the principal (`capitalised`), given up (`waived`), or come
    with the first instalment. The plan is broken when a due of it is unpaid for more than `breaks_after_days`, a penal
    charge apart; then the loan is to end on its former last date. None cannot be broken. The dates are counted from
    `anchor_on`, of which the first is one, so that a 31st is not lost; None counts from the first itself.

    What can be broken eases the debt for who cannot pay as agreed. The loan is then watched until every due was paid in
    time for `watch_months` from the first on; None watches it to its end.
    """

    relief_id: str
    instalments: int
    first_due_on: date
    capitalised: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    breaks_after_days: int | None = None
    anchor_on: date | None = None
    watch_months: int | None = None

    def __post_init__(self) -> None:
        ends = (*self.capitalised, *self.waived)
        assert set(ends) <= {"interest", "fee", "penalty"} and len(set(ends)) == len(ends), self

    @property
    def is_restructuring(self) -> bool:
        return self.breaks_after_days is not None


@dataclass(frozen=True, slots=True)
class Entry:
    """One business event in a loan's books.

    `entry_id` is natural: what caused the event names it, so that its second try meets the first; what is posted after
    the books were corrected bears the correction's number, its `revision`, as `due.3~2`. `reversal_of` is the id of
    the entry that this one undoes. `purpose` is what money received was meant for, `choice` what it was to make smaller
    where the borrower chose (see `Contract.prepayment`). `due` is what this entry made
    demandable; `penalties` what it charged for late dues (with the component `tax` for the tax on them); `lines` are
    the dues that it settled; `ahead` is the part that settled coming instalments before their dates; `carried` is
    interest of the period that moves into the next one; `plan` replaces the present one; `grant` and `terms` are what
    relief was agreed. Amounts are minor units.
    """

    entry_id: str
    kind: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    postings: tuple[Posting, ...]
    revision: int = 0
    purpose: str | None = None
    reversal_of: str | None = None
    due: Due | None = None
    penalties: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    ahead: int = 0
    carried: int = 0
    plan: Plan | None = None
    grant: Grant | None = None
    terms: NewTerms | None = None
    payout_id: str | None = None
    choice: str | None = None

    @property
    def is_given(self) -> bool:
        """Whether it says what happened outside, and so is kept when the books are worked out again."""
        return self.kind not in DERIVED and self.reversal_of is None

    @property
    def name(self) -> str:
        """The id without the number of a correction."""
        return self.entry_id.removesuffix(f"~{self.revision}") if self.revision else self.entry_id

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
