"""A debit: one instalment is taken by the borrower's mandate, as its notice said and never more.

Reserve Bank of India, Digital Payments - E-mandate Framework, 2026: a notice at least 24 hours before. National
Payments Corporation of India, since 1 August 2025: one attempt and three retries, outside the busy hours only.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from shared.domain import mandates
from shared.domain.contract import Contract
from shared.domain.loan import Loan
from shared.domain.mandates import Mandate
from shared.domain.money import Money
from shared.domain.notice_facts import OpenDue
from shared.domain.repayment_orders import NOT_SENT, RepaymentOrder

# An attempt that was claimed is with the rail, or its sender died; a message signed longer ago is taken by no rail.
PATIENCE = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class DebitRules:
    """`windows` are the hours in which a bank may be asked, by the market's clock, each once for a debit, in
    `attempts` of them altogether. `tried_again` are the reasons after which another attempt may do."""

    windows: tuple[tuple[str, str], ...]
    attempts: int
    notice_hours: int
    tried_again: tuple[str, ...]

    @property
    def notice_days(self) -> int:
        """So many days before it, every hour is long enough before a debit."""
        return self.notice_hours // 24 + 1


@dataclass(frozen=True, slots=True)
class Debit:
    """`amount` is what its notice says: the most that is taken. It is tried from `at` on, and not after `until`.

    `state`: planned, settled, failed once no attempt is left, or dropped when the bank was never asked.
    """

    loan_id: str
    mandate_id: str
    number: int
    due_on: date
    amount: Money
    at: datetime
    until: datetime
    state: str = "planned"
    attempts: int = 0
    tried_at: datetime | None = None
    reason: str | None = None
    version: int = 0

    @property
    def debit_id(self) -> str:
        """Within its loan. One that is planned again, for another day, has a notice of its own."""
        return f"{self.number}.{self.at.date()}"

    @property
    def notice_id(self) -> str:
        return f"debit_notice.{self.debit_id}"

    @property
    def order_id(self) -> str:
        """Of the last attempt's order: whoever makes it, it is made once."""
        named = f"{self.loan_id}.{self.debit_id}.{self.attempts}"
        return f"pay_{hashlib.sha256(named.encode()).hexdigest()[:26].upper()}"


def planned(
    last: Debit | None,
    mandate: Mandate | None,
    dues: Sequence[OpenDue],
    rules: DebitRules,
    *,
    loan_id: str,
    zone: str,
    on: date,
) -> Debit | None:
    """The debit that is planned, or would be on a day: of the oldest due that no bank was asked for.

    On the due date, or as soon as there is time for its notice. `last` is the loan's latest debit; while that is
    planned there is no other.
    """
    if mandate is None or mandates.standing(mandate, on) != "active":
        return None
    if last is not None and last.state == "planned":
        is_still_so = last.mandate_id == mandate.mandate_id and any(due.due_on == last.due_on for due in dues)
        return last if is_still_so else None
    due = next((due for due in dues if last is None or not _is_done(last, due)), None)
    if due is None:
        return None
    first = max(due.due_on, on + timedelta(days=rules.notice_days))
    spans = list(islice(_windows(rules, zone, first), rules.attempts))
    if not mandates.may_debit(mandate, min(due.amount, mandate.limit), spans[-1][1].date()):
        return None
    return Debit(
        loan_id=loan_id,
        mandate_id=mandate.mandate_id,
        number=due.number,
        due_on=due.due_on,
        amount=min(due.amount, mandate.limit),
        at=spans[0][0],
        until=spans[-1][1],
        version=last.version if last else 0,
    )


def owed(loan: Loan, contract: Contract, debit: Debit) -> Money:
    """What is unpaid of the debit's due and of older ones. Penal charges are never debited.

    `loan` has its dues up to the day.
    """
    open_dues = [due for due in loan.dues if due.due_on <= debit.due_on] if loan.state == "active" else []
    return Money(sum(due.principal + due.interest + due.fee for due in open_dues), contract.currency)


def next_step(
    debit: Debit,
    mandate: Mandate,
    order: RepaymentOrder | None,
    rules: DebitRules,
    *,
    noticed_at: datetime | None,
    unpaid: Money,
    zone: str,
    at: datetime,
) -> tuple[Debit, Money | None]:
    """The debit as it goes on at an instant, and what to ask the bank for now, or None.

    `order` is that of the last attempt, `noticed_at` when the borrower was told, `unpaid` what is owed (`owed`). While
    nobody knows what became of an attempt there is no other.
    """
    if order is not None and order.state != "failed":
        state = "planned" if order.is_open else "settled" if order.received else "failed"
        return replace(debit, state=state, reason=order.state if state == "failed" else None), None
    if order is not None and (debit.attempts >= rules.attempts or not _may_work(order.reason, rules)):
        return replace(debit, state="failed", reason=order.reason), None
    on = at.astimezone(ZoneInfo(zone)).date()
    why = _obstacle(debit, mandate, unpaid, on, at)
    if why is not None:
        # What a bank refused before has failed; what none was asked for may be planned again.
        state = "failed" if debit.attempts and why != "nothing_owed" else "dropped"
        return replace(debit, state=state, reason=why), None
    amount = min(debit.amount, unpaid, mandate.limit)
    window = window_at(rules, zone, at)
    is_new = window is not None and (debit.tried_at is None or debit.tried_at < window[0])
    is_told = noticed_at is not None and at - noticed_at >= timedelta(hours=rules.notice_hours)
    if not (is_new and is_told and debit.at <= at and mandates.may_debit(mandate, amount, on)):
        return debit, None
    return replace(debit, attempts=debit.attempts + 1, tried_at=at), amount


def attempt(debit: Debit, loan: Loan, contract: Contract, amount: Money, at: datetime) -> RepaymentOrder:
    """The order by which the bank is asked, and with which the money is matched when it comes."""
    return RepaymentOrder(
        repayment_id=debit.order_id,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        amount=amount,
        purpose="instalment",
        payee_vpa=contract.payee_vpa,
        state="ordered",
        ordered_at=at,
        method="mandate",
        mandate_id=debit.mandate_id,
    )


def window_at(rules: DebitRules, zone: str, at: datetime) -> tuple[datetime, datetime] | None:
    """The window that an instant lies in; its end is outside."""
    here = at.astimezone(ZoneInfo(zone))
    today = islice(_windows(rules, zone, here.date()), len(rules.windows))
    return next(((start, end) for start, end in today if start <= here < end), None)


def _windows(rules: DebitRules, zone: str, first: date) -> Iterator[tuple[datetime, datetime]]:
    """Those of a day and of all days after it, in order."""
    for days in count():
        on = first + timedelta(days=days)
        for opens, closes in rules.windows:
            start, end = (datetime.combine(on, time.fromisoformat(hour), ZoneInfo(zone)) for hour in (opens, closes))
            yield start, end


def _is_done(last: Debit, due: OpenDue) -> bool:
    """Whether the due's turn is over: what no bank was asked for gets another."""
    return due.due_on < last.due_on or (due.due_on == last.due_on and last.attempts > 0)


def _may_work(reason: str | None, rules: DebitRules) -> bool:
    return reason == NOT_SENT or reason in rules.tried_again


def _obstacle(debit: Debit, mandate: Mandate, unpaid: Money, on: date, at: datetime) -> str | None:
    """Why there will be no further attempt."""
    standing = mandates.standing(mandate, on)
    if standing not in ("active", "paused"):
        return f"mandate_{standing}"
    if not unpaid:
        return "nothing_owed"
    return "not_in_time" if at >= debit.until else None
