"""The book of a lender who winds down, as it was recorded at the end of a day: what somebody else needs to serve it.

It is cut by record, so that it is the same whenever it is built: what became known later is in a pack of a later day.
Nothing in it says who a borrower is. A lender knows his borrowers by the numbers of their loans; handing over names,
phones and accounts is his to do, once he has told them to whom (DPDP Act 2023, sections 5 and 8; PIPL, articles 22-23).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile

from shared.domain import dues
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.delinquency import STANDARD, Account, Change, Scale, loan_history
from shared.domain.lateness import account, steps, together
from shared.domain.ledger import Entry, balances
from shared.domain.loan import Loan, days_past_due, fold, origin
from shared.domain.money import Money

OVER = ("closed", "cancelled")


@dataclass(frozen=True, slots=True)
class TransferRun:
    """A lender's book of one day that is asked for; it is built once."""

    partner_id: str
    market: str
    as_of: date
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None = None
    version: int = 0

    @property
    def key(self) -> str:
        return f"transfer#{self.partner_id}#{self.as_of}"

    @property
    def name(self) -> str:
        """Where the pack lies."""
        return f"transfers/{self.partner_id}/{self.as_of}"

    @property
    def before(self) -> date:
        """A loan that is over by now may have run on that day, however long ago it ended."""
        return date.min


@dataclass(frozen=True, slots=True)
class Finish:
    """The message that a pack may be ready to be written; `looks` counts those that found it not ready."""

    finish: TransferRun
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Packed:
    """One loan: its contract, every entry recorded so far, the balances that they come to, its dues, its classes up to
    the day, and relief that is open. Balances are debits less credits, in minor units."""

    loan_id: str
    as_of: date
    state: str
    disbursed_on: date
    outstanding: Money
    classification: str
    days_past_due: int
    balances: Mapping[str, int]
    head: Loan
    classes: tuple[Change, ...]
    contract: Contract
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a pack that is written, what its loans come to, and behind which place the next part begins."""

    name: str
    bytes: int
    sha256: str
    loans: int
    outstanding: int
    balances: Mapping[str, int]
    classes: Mapping[str, int]
    then: str | None = None


def recorded(entries: Iterable[Entry], through: date, time_zone: str) -> tuple[Entry, ...]:
    """The first entries, up to those that were recorded on that day of the market's zone."""
    in_turn = sorted(entries, key=lambda entry: entry.sequence)
    return tuple(takewhile(lambda entry: business_date(entry.recorded_at, time_zone) <= through, in_turn))


def packed(
    loan: Loan, contract: Contract, entries: Sequence[Entry], others: Sequence[Account], scale: Scale, on: date
) -> Packed | None:
    """The loan by its entries as they were recorded; None where it was not paid out by then, or was over and owed its
    borrower nothing. `others` are the borrower's other loans, read in the same way."""
    head, found = fold(origin(loan), contract, entries), dict(sorted(balances(entries).items()))
    if head.disbursed_on is None or (head.state in OVER and not head.excess):
        return None
    assert head.principal == found.get("principal", 0) and head.excess == -found.get("excess", 0), loan.loan_id
    classes = loan_history(account_on(loan, contract, entries, on), others, scale, on)
    today, _ = dues.until(head, contract, on, loan.sanctioned_at)
    return Packed(
        loan_id=loan.loan_id,
        as_of=on,
        state=head.state,
        disbursed_on=head.disbursed_on,
        outstanding=Money(head.principal, contract.currency),
        classification=classes[-1].now if classes else STANDARD,
        days_past_due=days_past_due(today, on),
        balances={name: minor for name, minor in found.items() if minor},
        head=head,
        classes=classes,
        contract=_without_accounts(contract),
        entries=tuple(entries),
    )


def account_on(loan: Loan, contract: Contract, entries: Sequence[Entry], on: date) -> Account:
    """Its lateness, with dues up to the day that no night had booked yet."""
    _, unbooked = dues.until(fold(origin(loan), contract, entries), contract, on, loan.sanctioned_at)
    return account(steps(loan, contract, (*entries, *unbooked)))


def near(loan: Loan, contract: Contract, entries: Sequence[Entry], others: Mapping[str, Loan]) -> set[str]:
    """Which of the borrower's other loans, as they stood, bear on the loan's class."""
    head = fold(origin(loan), contract, entries)
    return {each.loan_id for each in together(head, others.values())}


def totals(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of each name, by name."""
    found: dict[str, int] = {}
    for part in parts:
        for name, minor in part.items():
            found[name] = found.get(name, 0) + minor
    return dict(sorted(found.items()))


def _without_accounts(contract: Contract) -> Contract:
    """A merchant may be a person, and his account is no part of the debt."""
    if contract.purchase is None:
        return contract
    account = replace(contract.purchase.account, holder_name="", account_number="", ifsc=None, cnaps=None)
    return replace(contract, purchase=replace(contract.purchase, account=account))
