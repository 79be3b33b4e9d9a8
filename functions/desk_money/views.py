"""What the desk's routes about lenders' days take and answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from functions.plans.views import Reason
from shared.application import show_settled_day
from shared.application.show_files import Files
from shared.application.show_settled_day import PoolStanding
from shared.domain import reconciliation
from shared.domain.flows import Movement
from shared.domain.guarantee import Claim
from shared.domain.money import Money
from shared.domain.payouts import Payout
from shared.domain.reconciliation import Seen
from shared.domain.settled_day import Compared, SettledDay
from shared.domain.transfer import TransferRun
from shared.markets import market_at, today
from shared.schemas import Body, Day


class Explanation(Body):
    """Kept for ever, with who said it."""

    reason: Reason


class TransferAsked(Body):
    """`as_of` is a day that is over; the reason is kept for ever, with who said it."""

    as_of: Day
    reason: Reason


@dataclass(frozen=True, slots=True)
class TransferView:
    """`state`: building or finished; its files are under `…/files?kind=transfer` then."""

    partner_id: str
    as_of: date
    state: str
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayView:
    """`state`: waiting for a statement, differs, or agreed. `net` is what the lender gained; `owed_by_lender` is what
    he owes for the day, below nothing what he gets."""

    partner_id: str
    on: date
    state: str
    movements: int
    differences: int
    net: Money
    owed_by_lender: Money


@dataclass(frozen=True, slots=True)
class SettledDays:
    """A month's settled days, the earliest first."""

    days: tuple[DayView, ...]


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement beside the books: the sum of its lines, less those that our books have under another day or that fit
    no loan yet, with movements that it has on another day, comes to the books' `net` and `unexplained`."""

    lines: int
    net: Money
    elsewhere: Money
    held: Money
    other_days: Money
    unexplained: Money
    sha256: str


@dataclass(frozen=True, slots=True)
class LatePayout:
    """Money that is on its way for too long: the rail has not said what became of it."""

    payout_id: str
    loan_id: str
    amount: Money
    state: str
    ordered_at: datetime
    age_days: int


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """`kind`: missing_here, missing_at_rail, missing_at_partner, amount_differs or date_differs. `state`: open,
    proposed (explained by one, and waits for a second) or closed. `closed_by` is `agreement` where a later statement
    said the same as the books."""

    difference_id: str
    partner_id: str
    side: str
    movement_id: str
    kind: str
    here: Money | None
    here_on: date | None
    there: Money | None
    there_on: date | None
    unexplained: Money
    on: date
    age_days: int
    state: str
    proposed_by: str | None
    closed_by: str | None
    closed_at: datetime | None
    because: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """One lender's day. `sums` are its movements by kind; `accounts` those of the ledger by what moved them, debit less
    credit; `lent` is principal, `freed` principal that came back. The fee is the lender's to pay, and no borrower's."""

    partner_id: str
    on: date
    state: str
    movements: int
    movements_sha256: str
    sums: Mapping[str, Money]
    accounts: Mapping[str, Mapping[str, Money]]
    net: Money
    lent: Money
    freed: Money
    fee: Money
    fee_tax: Money
    invoked: Money
    shared_back: Money
    owed_by_lender: Money
    rail: StatementView | None
    partner: StatementView | None
    differences: tuple[DifferenceView, ...]
    late_payouts: tuple[LatePayout, ...]
    pool: PoolStanding | None
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class MovementView:
    """`movement_id` is the same at the rail and at the lender."""

    movement_id: str
    kind: str
    loan_id: str
    amount: Money
    on: date


@dataclass(frozen=True, slots=True)
class Movements:
    movements: tuple[MovementView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Differences:
    """The open ones of a lender, the oldest first."""

    differences: tuple[DifferenceView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A loan that was called in: `amount` is what the pool pays of the `loss`, `short` what it lacked."""

    loan_id: str
    on: date
    due_on: date
    days_past_due: int
    loss: Money
    amount: Money
    short: Money


@dataclass(frozen=True, slots=True)
class Claims:
    pool: PoolStanding | None
    claims: tuple[ClaimView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class LenderFile:
    """`url` gives the file to whoever has it, until the link expires."""

    name: str
    bytes: int
    sha256: str
    url: str


@dataclass(frozen=True, slots=True)
class LenderFiles:
    """`manifest` is the manifest as it stands in its file: sums, and name, bytes and SHA-256 of each part."""

    manifest: Mapping[str, Any]
    manifest_url: str
    parts: tuple[LenderFile, ...]
    expires_in_seconds: int


def transfer(found: TransferRun) -> TransferView:
    state = "finished" if found.finished_at else "building"
    return TransferView(found.partner_id, found.as_of, state, found.asked_by, found.asked_at, found.finished_at)


def files(found: Files) -> LenderFiles:
    parts = tuple(LenderFile(part.name, part.bytes, part.sha256, part.url) for part in found.parts)
    return LenderFiles(found.manifest, found.manifest_url, parts, found.expires_in_seconds)


def day(found: SettledDay) -> DayView:
    return DayView(
        partner_id=found.partner_id,
        on=found.on,
        state=found.state,
        movements=found.movements,
        differences=found.differences,
        net=Money(found.net, found.currency),
        owed_by_lender=Money(found.owed_by_lender, found.currency),
    )


def report(found: show_settled_day.Report) -> Report:
    settled, currency = found.day, found.day.currency
    amounts = ("net", "lent", "freed", "fee", "fee_tax", "invoked", "shared_back", "owed_by_lender")
    accounts = {
        kind: {name: Money(minor, currency) for name, minor in moved.items()}
        for kind, moved in settled.accounts.items()
    }
    return Report(
        partner_id=settled.partner_id,
        on=settled.on,
        state=settled.state,
        movements=settled.movements,
        movements_sha256=settled.movements_sha256,
        sums={kind: Money(minor, currency) for kind, minor in settled.sums.items()},
        accounts=accounts,
        **{name: Money(getattr(settled, name), currency) for name in amounts},
        rail=_statement(settled.rail, settled),
        partner=_statement(settled.partner, settled),
        differences=tuple(_difference(each, currency, found.today) for each in found.differences),
        late_payouts=tuple(_payout(each, settled.market, found.today) for each in found.late_payouts),
        pool=found.pool,
        settled_at=settled.settled_at,
    )


def difference(found: reconciliation.Difference, at: datetime) -> DifferenceView:
    return _difference(found, market_at(found.market, at).currency, today(found.market, at))


def movement(found: Movement, currency: str) -> MovementView:
    return MovementView(found.movement_id, found.kind, found.loan_id, Money(found.amount, currency), found.on)


def claims(pool: PoolStanding | None, found: Sequence[Claim], then: str | None) -> Claims:
    return Claims(pool, tuple(map(_claim, found)), then)


def _claim(found: Claim) -> ClaimView:
    loss, amount, short = (Money(each, found.currency) for each in (found.loss, found.amount, found.short))
    return ClaimView(found.loan_id, found.on, found.due_on, found.days_past_due, loss, amount, short)


def _statement(found: Compared | None, settled: SettledDay) -> StatementView | None:
    if found is None:
        return None
    return StatementView(
        lines=found.lines,
        **{name: Money(getattr(found, name), settled.currency) for name in ("net", "elsewhere", "held", "other_days")},
        unexplained=Money(found.left(settled.net), settled.currency),
        sha256=found.sha256,
    )


def _payout(found: Payout, market: str, on: date) -> LatePayout:
    age = (on - today(market, found.ordered_at)).days
    return LatePayout(found.payout_id, found.loan_id, found.amount, found.state, found.ordered_at, age)


def _difference(found: reconciliation.Difference, currency: str, on: date) -> DifferenceView:
    def money(seen: Seen | None) -> Money | None:
        return Money(seen.amount, currency) if seen else None

    return DifferenceView(
        difference_id=found.difference_id,
        partner_id=found.partner_id,
        side=found.side,
        movement_id=found.movement_id,
        kind=found.kind,
        here=money(found.here),
        here_on=found.here.on if found.here else None,
        there=money(found.there),
        there_on=found.there.on if found.there else None,
        unexplained=Money(found.unexplained, currency),
        on=found.on,
        age_days=found.age_days(on),
        state=found.state,
        proposed_by=found.proposed_by,
        closed_by=found.closed_by,
        closed_at=found.closed_at,
        because=found.because,
    )
