"""What the routes of cases take and answer; the borrower reads of his contacts in the same form."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.application.work_case import Told
from shared.domain.cases import Agent, Case, ContactOutcome, LoggedContact, Promise
from shared.domain.contact import Answer
from shared.domain.legal import Stage
from shared.domain.money import Money
from shared.schemas import Amount, Body, Day, KeptWords

Words = Annotated[KeptWords, Field(min_length=3, max_length=300)]


class AgentNamed(Body):
    """As the borrower is told of the collector, who is the caller."""

    name: Annotated[str, Field(min_length=2, max_length=60, strict=True)]
    phone: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{7,14}$", strict=True)]


class Assignment(Body):
    reason: Words


class ContactMade(Body):
    """A contact that is made now; the borrower reads the outcome.

    `says_wrong`: he says that the debt is not his, or not so much; `asks_for_peace`: not to be contacted so.
    """

    channel: Literal["call", "visit", "sms"]
    outcome: ContactOutcome


class PromiseMade(Body):
    amount: Amount
    by: Day


@dataclass(frozen=True, slots=True)
class AgentView:
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """`state`: open, named (the borrower is being told of the agent), assigned, legal or closed."""

    loan_id: str
    number: int
    state: str
    bucket: str
    opened_on: date
    agent: AgentView | None
    legal_since: date | None


@dataclass(frozen=True, slots=True)
class LegalView:
    """The legal stage. The demand leaves days to pay, from the day on which it was sent; null until it was.

    Before `steps_from` no legal step is taken, and none when all that is overdue was paid by then.
    """

    since: date
    demanded_on: date | None
    pay_by: date | None
    steps_from: date | None


@dataclass(frozen=True, slots=True)
class Cases:
    cases: tuple[CaseView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ContactView:
    at: datetime
    channel: str
    agent: AgentView
    outcome: str


@dataclass(frozen=True, slots=True)
class PromiseView:
    """`state`: open, kept or broken, by what was paid."""

    amount: Money
    made_on: date
    by: date
    state: str


@dataclass(frozen=True, slots=True)
class FullCase:
    """`may_call_from` is the next instant at which the borrower may be called, null when never; `rule` forbids it
    now."""

    case: CaseView
    contacts: tuple[ContactView, ...]
    promises: tuple[PromiseView, ...]
    legal: LegalView | None
    may_call_from: datetime | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class Contacts:
    """Who may contact the borrower about the loan, once he was told of him; nobody where it is null."""

    loan_id: str
    agent: AgentView | None
    contacts: tuple[ContactView, ...]
    promises: tuple[PromiseView, ...]
    legal: LegalView | None


def case(found: Case) -> CaseView:
    agent = _agent(found.agent) if found.agent else None
    return CaseView(found.loan_id, found.number, found.state, found.bucket, found.opened_on, agent, found.legal_since)


def contact(made: LoggedContact) -> ContactView:
    return ContactView(made.at, made.channel, _agent(made.agent), made.outcome)


def full(told: Told, may_call: Answer) -> FullCase:
    return FullCase(
        case=case(told.case),
        contacts=tuple(map(contact, told.contacts)),
        promises=tuple(_promise(*each) for each in told.promises),
        legal=_legal(told.legal),
        may_call_from=may_call.next_at,
        rule=may_call.rule,
    )


def contacts(loan_id: str, told: Told | None) -> Contacts:
    if told is None:
        return Contacts(loan_id, None, (), (), None)
    agent = told.case.agent if told.case.state in ("assigned", "legal") else None
    return Contacts(
        loan_id=loan_id,
        agent=_agent(agent) if agent else None,
        contacts=tuple(map(contact, told.contacts)),
        promises=tuple(_promise(*each) for each in told.promises),
        legal=_legal(told.legal) if told.case.is_open else None,
    )


def _legal(found: Stage | None) -> LegalView | None:
    return LegalView(found.since, found.demanded_on, found.pay_by, found.steps_from) if found else None


def _agent(agent: Agent) -> AgentView:
    return AgentView(agent.name, agent.phone)


def _promise(promise: Promise, state: str) -> PromiseView:
    return PromiseView(promise.amount, promise.made_on, promise.by, state)
