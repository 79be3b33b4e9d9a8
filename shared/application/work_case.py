"""What a collector does with a case: be named to the borrower, take it, contact, hear promises, ask for a court."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.audit import decided
from shared.adapters.cases import Cases, changed_case, new_contact
from shared.adapters.loans import Loans
from shared.adapters.notices import Notices, counted
from shared.adapters.reach import Reach
from shared.adapters.requests import Request
from shared.adapters.table import Write
from shared.application.again import once
from shared.domain import cases, dues, legal
from shared.domain.calendar import business_date
from shared.domain.cases import Agent, Case, ContactOutcome, LoggedContact, Promise
from shared.domain.contact import Answer, Contact, may_contact
from shared.domain.legal import Stage
from shared.domain.loan import days_past_due
from shared.domain.money import Money
from shared.domain.staff import Staff, decision_of
from shared.domain.telling import SENT
from shared.markets import market_at

T = TypeVar("T")
RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Told:
    """A case with its contacts, each promise with its state, and the dates of its legal stage."""

    case: Case
    contacts: Sequence[LoggedContact]
    promises: Sequence[tuple[Promise, str]]
    legal: Stage | None


def show_case(loan_id: str, at: datetime, *, loans: Loans, reach: Reach) -> tuple[Told, Answer]:
    """The case, and whether the borrower may be called now. Raises `NotFound` for a loan that never had one."""
    case = Cases(loans.table).get(loan_id)
    return _told(case, at, loans), _answer(case, "call", at, loans, reach)


def contacts_of(loan_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> Told | None:
    """What the borrower sees of his case; None for a loan that never had one. Raises `NotFound` for another's."""
    loans.of_borrower(loan_id, borrower_id)
    case = Cases(loans.table).find(loan_id)
    return None if case is None else _told(case, at, loans)


def promises_of(case: Case, at: datetime, loans: Loans) -> Sequence[tuple[Promise, str]]:
    """Each with its state: kept, broken or open, by what was paid."""
    if not case.promises:
        return ()
    _, contract = loans.get(case.loan_id)
    entries, on = loans.entries(case.loan_id), business_date(at, contract.time_zone)
    return tuple((promise, cases.state_of(promise, entries, on)) for promise in case.promises)


def stage_of(case: Case, at: datetime, loans: Loans) -> Stage | None:
    """The legal stage, with its dates as its notices were sent."""
    if case.legal_since is None:
        return None
    _, contract = loans.get(case.loan_id)
    sent = Notices(loans.table).of_loan(case.loan_id).values()
    sent_on = {each.notice_id: business_date(each.sent_at, contract.time_zone) for each in sent if each.sent_at}
    return legal.stage(case, market_at(case.market, at).legal, sent_on)


def name_agent(loan_id: str, agent: Agent, *, loans: Loans, request: Request, view: Callable[[Case], T]) -> T:
    """The borrower is told of the agent as soon as the hours allow it. Raises `NotFound` or `Refused`."""

    def name() -> T:
        done = cases.named(Cases(loans.table).get(loan_id), agent)
        answer = view(done)
        loans.table.transact([changed_case(done, tells=True)], request, answer)
        return answer

    return once(name, request, loans.table)


def assign_case(
    loan_id: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[Case], T],
) -> T:
    """Raises `Refused` until the notice of the agent was sent."""

    def assign() -> T:
        found = Cases(loans.table).get(loan_id)
        telling = Notices(loans.table).of_loan(loan_id).get(found.notice_id)
        is_told = telling is not None and telling.state == SENT
        done = cases.assigned(found, is_told=is_told)
        return _decided(done, "case.assigned", because, member, decision_id, at, loans, request, view)

    return once(assign, request, loans.table)


def take_to_court(
    loan_id: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[Case], T],
) -> T:
    """By decision of an approver: the demand is sent next. Raises `NotFound` or `Refused`."""

    def take() -> T:
        found, (loan, contract) = Cases(loans.table).get(loan_id), loans.get(loan_id)
        on = business_date(at, contract.time_zone)
        now, _ = dues.until(loan, contract, on, at)
        rules = market_at(contract.market, at).legal
        legal.require_late(rules, days_past_due(now, on), is_written_off=bool(now.written_off))
        done = cases.taken_to_court(found, on)
        return _decided(done, "case.legal", because, member, decision_id, at, loans, request, view, tells=True)

    return once(take, request, loans.table)


def log_contact(
    loan_id: str,
    channel: str,
    outcome: ContactOutcome,
    member: Staff,
    contact_id: str,
    at: datetime,
    *,
    loans: Loans,
    reach: Reach,
    request: Request,
    view: Callable[[LoggedContact], T],
) -> T:
    """A contact that is made now. Raises `Refused` for another's case, and when a rule forbids it.

    What counts for the borrower's caps is written with it, so that two collectors at once do not pass them.
    """

    def log() -> T:
        case = Cases(loans.table).get(loan_id)
        agent, known = cases.require_agent(case, member.staff_id), Notices(loans.table).contacts(case.borrower_id)
        cases.require_allowed(_answer(case, channel, at, loans, reach))
        made = LoggedContact(contact_id, at, channel, agent, outcome)
        answer = view(made)
        counts = counted(case.borrower_id, known, known.contacts, Contact(at, RECOVERY))
        loans.table.transact([new_contact(loan_id, made), counts], request, answer)
        return answer

    return once(log, request, loans.table)


def log_promise(
    loan_id: str,
    amount: Money,
    by: date,
    member: Staff,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[Case], T],
) -> T:
    """Whether it is kept follows from what is paid. Raises `NotFound` or `Refused`."""

    def log() -> T:
        found = Cases(loans.table).get(loan_id)
        cases.require_agent(found, member.staff_id)
        _, contract = loans.get(loan_id)
        contract.require_currency(amount, "/amount/currency")
        done = cases.promised(found, Promise(amount, business_date(at, contract.time_zone), by))
        answer = view(done)
        loans.table.transact([changed_case(done)], request, answer)
        return answer

    return once(log, request, loans.table)


def _told(case: Case, at: datetime, loans: Loans) -> Told:
    contacts = Cases(loans.table).contacts(case.loan_id)
    return Told(case, contacts, promises_of(case, at, loans), stage_of(case, at, loans))


def _answer(case: Case, channel: str, at: datetime, loans: Loans, reach: Reach) -> Answer:
    contacts = Notices(loans.table).contacts(case.borrower_id).contacts
    here, wishes = market_at(case.market, at), reach.wishes(case.borrower_id)
    return may_contact(here, wishes, contacts, purpose=RECOVERY, channel=channel, at=at)


def _decided(
    case: Case,
    action: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    loans: Loans,
    request: Request,
    view: Callable[[Case], T],
    *,
    tells: bool = False,
) -> T:
    answer = view(case)
    writes = [changed_case(case, tells=tells), _record(case, action, because, member, decision_id, at)]
    loans.table.transact(writes, request, answer)
    return answer


def _record(case: Case, action: str, because: str, member: Staff, decision_id: str, at: datetime) -> Write:
    saw = {"bucket": case.bucket, "opened_on": case.opened_on.isoformat(), "number": case.number}
    on = business_date(at, market_at(case.market, at).time_zone)
    return decided(
        decision_of(
            member,
            decision_id,
            action,
            f"case.{case.loan_id}",
            saw,
            market=case.market,
            on=on,
            at=at,
            reason=because,
            loan_id=case.loan_id,
        )
    )
