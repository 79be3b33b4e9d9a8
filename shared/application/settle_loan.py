"""Settle a loan for less than is owed: staff offer it, above a limit two of them, and the borrower pays or declines."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.audit import decided
from shared.adapters.loans import Loans
from shared.adapters.notices import new_answer
from shared.adapters.requests import Request
from shared.adapters.settlements import Settlements, changed_settlement, new_settlement
from shared.adapters.table import Write
from shared.application.again import once
from shared.domain import dues, endings, relief, replay, settlements
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.errors import NotFound
from shared.domain.ledger import Entry
from shared.domain.loan import Loan, days_past_due
from shared.domain.money import Money
from shared.domain.relief_notices import StaffAnswer
from shared.domain.replay import Books
from shared.domain.settlements import Settlement
from shared.domain.staff import Staff, decision_of
from shared.markets import market

T = TypeVar("T")
View = Callable[[Settlement, str], T]


def offer_settlement(
    loan_id: str,
    pay: Money,
    by: date,
    because: str,
    member: Staff,
    ids: tuple[str, str],
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: View[T],
) -> T:
    """What `view` makes of the settlement and its state. `ids` name it and the record. Raises `NotFound`, `Refused`.

    Above what one person may give up it is proposed, and booked once a second one approves.
    """

    def offer() -> T:
        loan, contract = loans.get(loan_id)
        on = business_date(at, contract.time_zone)
        now, _ = dues.until(loan, contract, on, at)
        rules, before = market(contract.market, on).endings, Settlements(loans.table).of_loan(loan_id)
        named = {"settlement_id": ids[0], "member": member.staff_id, "because": because}
        made = settlements.proposed(now, contract, rules, before, pay=pay, by=by, on=on, at=at, **named)
        answer = view(made, made.state)
        writes = [new_settlement(made), _record(made, loan, contract, member, ids[1], on, at)]
        _book(made, loan, contract, writes, on, at, loans, request, answer)
        return answer

    return once(offer, request, loans.table)


def decide_settlement(
    loan_id: str,
    settlement_id: str,
    state: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: View[T],
) -> T:
    """By the second person: `offered` or `refused`; by either, `withdrawn`. Raises `NotFound` or `Refused`.

    What was offered and is withdrawn leaves the loan as if it had never been; the borrower is told.
    """

    def decide() -> T:
        return _moved(loan_id, settlement_id, state, because, member, decision_id, at, loans, request, view)

    return once(decide, request, loans.table)


def decline_settlement(
    loan_id: str, settlement_id: str, decision_id: str, at: datetime, *, loans: Loans, request: Request, view: View[T]
) -> T:
    """By the borrower, of one that was offered. Raises `NotFound` or `Refused`."""

    def decline() -> T:
        loans.of_borrower(loan_id, request.caller)
        _told(Settlements(loans.table).get(loan_id, settlement_id))
        return _moved(loan_id, settlement_id, "declined", None, None, decision_id, at, loans, request, view)

    return once(decline, request, loans.table)


def show_settlements(loan_id: str, at: datetime, *, loans: Loans) -> list[tuple[Settlement, str]]:
    """All of a loan, oldest first, each with its state today. Raises `NotFound`."""
    _, contract = loans.get(loan_id)
    found, on = Settlements(loans.table).of_loan(loan_id), business_date(at, contract.time_zone)
    entries = loans.entries(loan_id) if found else []
    return [(each, settlements.state_on(each, entries, on)) for each in found]


def own_settlements(loan_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> list[tuple[Settlement, str]]:
    """Those that the borrower was told of. Raises `NotFound` for another's."""
    loans.of_borrower(loan_id, borrower_id)
    return [(each, state) for each, state in show_settlements(loan_id, at, loans=loans) if each.is_told]


def _moved(
    loan_id: str,
    settlement_id: str,
    state: str,
    because: str | None,
    member: Staff | None,
    decision_id: str,
    at: datetime,
    loans: Loans,
    request: Request,
    view: View[T],
) -> T:
    # The head first: an entry that comes between the reads makes the head that was read too old to be written.
    loan, contract = loans.get(loan_id)
    found, entries = Settlements(loans.table).get(loan_id, settlement_id), loans.entries(loan_id)
    on, by = business_date(at, contract.time_zone), member.staff_id if member else settlements.BORROWER
    done = settlements.moved(found, state, by=by, because=because, entries=entries, on=on, at=at)
    answer = view(done, state)
    writes = [changed_settlement(done), _record(done, loan, contract, member, decision_id, on, at)]
    if found.is_told:
        head, booked = replay.without(loan, contract, entries, f"waiver_granted.{settlement_id}", at)
        if state == "withdrawn":
            writes.append(new_answer(loan_id, StaffAnswer("settlement_withdrawn", settlement_id, on, at)))
        loans.book(head, contract, booked, writes, request, answer)
    else:
        _book(done, loan, contract, writes, on, at, loans, request, answer)
    return answer


def _book(
    made: Settlement,
    loan: Loan,
    contract: Contract,
    writes: Sequence[Write],
    on: date,
    at: datetime,
    loans: Loans,
    request: Request,
    answer: object,
) -> None:
    """One that is offered is a grant on the loan; else only the head's version moves, so that two see one another."""
    head, entries = loan, tuple[Entry, ...]()
    if made.state == "offered":
        head, entries = _granted(made, loan, contract, on, at)
    loans.book(head, contract, entries, writes, request, answer)


def _granted(made: Settlement, loan: Loan, contract: Contract, on: date, at: datetime) -> Books:
    """By the rules of the day on which it is offered, which may be later than it was proposed."""
    now, fallen = dues.until(loan, contract, on, at)
    rules = market(contract.market, on).endings
    settlements.require_possible(now, contract, rules, made.pay, made.by, on)
    after, entries = replay.taken(now, contract, relief.granted(now, settlements.grant_of(made), on, at), at)
    return after, (*fallen, *entries)


def _told(settlement: Settlement) -> None:
    """The borrower knows nothing of what he was not told of."""
    if not settlement.is_told:
        raise NotFound("not_found", "There is no such settlement.")


def _record(
    made: Settlement, loan: Loan, contract: Contract, member: Staff | None, decision_id: str, on: date, at: datetime
) -> Write:
    now, _ = dues.until(loan, contract, on, at)
    saw = {
        "pay": made.pay.minor,
        "by": made.by.isoformat(),
        "given_up": made.given_up.minor,
        "whole_debt": endings.debt(now, contract, on).minor if now.state in ("active", "written_off") else 0,
        "days_past_due": days_past_due(now, on),
    }
    step = made.steps[-1]
    return decided(
        decision_of(
            member or step.by,
            decision_id,
            f"settlement.{step.state}",
            made.settlement_id,
            saw,
            market=made.market,
            on=on,
            at=at,
            reason=step.because or "",
            loan_id=made.loan_id,
        )
    )
