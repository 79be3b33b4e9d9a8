"""A case: an overdue loan in the hands of one collector, whom the borrower knows before anybody contacts him.

Reserve Bank of India (Digital Lending) Directions, 2025: the particulars of the recovery agent are told to the borrower
before the first contact. RBI/2022-23/108, 12 August 2022, binds the contacts themselves: see `contact`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from shared.domain.contact import Answer
from shared.domain.delinquency import STANDARD, Account, Scale, loan_history, oldest_open
from shared.domain.errors import Refused
from shared.domain.ledger import Entry, live
from shared.domain.money import Money
from shared.domain.notice_facts import Notice

# named: the borrower is being told who will contact him. legal: by decision of an approver, see `legal`.
MOVES: dict[str, tuple[str, ...]] = {
    "open": ("named", "closed"),
    "named": ("named", "assigned", "closed"),
    "assigned": ("named", "legal", "closed"),
    "legal": ("named", "closed"),
    "closed": (),
}


# What came of a contact: codes, since words of one's own could tell of the borrower's life, and of others.
ContactOutcome = Literal[
    "no_answer",
    "not_there",
    "wrong_person",
    "spoke",
    "will_pay",
    "cannot_pay",
    "asks_for_plan",
    "says_wrong",
    "asks_for_peace",
]
# The bucket of a loan on which something is owed after it was written off.
WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class Agent:
    """A collector as the borrower is told of him."""

    staff_id: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Promise:
    """The borrower said that he would pay so much from a day on up to and on another."""

    amount: Money
    made_on: date
    by: date


@dataclass(frozen=True, slots=True)
class Case:
    """The latest of a loan; `number` counts them. `bucket` is the worst class so far, of the days since `opened_on`.

    `named` counts the agents that were named, so that each of them is told of. `legal_since` stays when the agent
    changes: the stage ends with the case.
    """

    loan_id: str
    borrower_id: str
    market: str
    number: int
    state: str
    bucket: str
    opened_on: date
    opened_at: datetime
    agent: Agent | None = None
    named: int = 0
    promises: tuple[Promise, ...] = ()
    version: int = 0
    legal_since: date | None = None
    closed_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.state != "closed"

    @property
    def notice_id(self) -> str:
        """Of the notice that tells of the present agent."""
        return f"agent_named.{self.number}.{self.named}"


@dataclass(frozen=True, slots=True)
class LoggedContact:
    """A contact as it was made: who, how, and what came of it, which the borrower reads."""

    contact_id: str
    at: datetime
    channel: str
    agent: Agent
    outcome: ContactOutcome


def kept(
    case: Case | None,
    loan_id: str,
    borrower_id: str,
    market: str,
    account: Account,
    scale: Scale,
    *,
    others: Sequence[Account] = (),
    at: datetime,
    on: date,
    is_recovery: bool = False,
) -> Case | None:
    """The case as the loan's lateness now wants it: opened by a worse class, closed when nothing is overdue any more.

    None where there is none. It is the same case when nothing changed. `others` are his other loans. With
    `is_recovery` the loan was written off and is owed all the same: its case goes on, with its agent.
    """
    changes = loan_history(account, others, scale, on)
    is_late = bool(changes) and changes[-1].now != STANDARD and oldest_open(account, on) is not None
    if not is_late and not is_recovery:
        return replace(case, state="closed", closed_on=on) if case is not None and case.is_open else case
    bucket, since = (WRITTEN_OFF, on) if is_recovery else (changes[-1].now, changes[-1].on)
    if case is not None and case.is_open:
        return replace(case, bucket=bucket)
    number = case.number + 1 if case else 1
    version = case.version if case else 0
    return Case(loan_id, borrower_id, market, number, "open", bucket, since, at, version=version)


def named(case: Case, agent: Agent) -> Case:
    """The borrower is to be told of the agent. Raises `Refused` for a case that is closed."""
    return replace(_moved(case, "named"), agent=agent, named=case.named + 1)


def notice(case: Case, on: date) -> Notice | None:
    """What tells the borrower of his agent, while the agent waits for it."""
    if case.state != "named" or case.agent is None:
        return None
    facts = {"agent": case.agent.name, "agent_phone": case.agent.phone}
    return Notice(case.notice_id, "agent_named", "agent_named", on, facts)


def assigned(case: Case, *, is_told: bool) -> Case:
    """Raises `Refused` until the borrower was told: nobody contacts him before."""
    if case.state == "named" and not is_told:
        raise Refused("agent_not_told", "The borrower has not been told yet who will contact him.")
    taken = _moved(case, "assigned")
    return taken if case.legal_since is None else replace(taken, state="legal")


def taken_to_court(case: Case, on: date) -> Case:
    """Raises `Refused` unless an agent has the case."""
    return replace(_moved(case, "legal"), legal_since=on)


def require_agent(case: Case, staff_id: str) -> Agent:
    """Raises `Refused` for everybody but the agent that the borrower was told of."""
    if case.state not in ("assigned", "legal") or case.agent is None or case.agent.staff_id != staff_id:
        raise Refused("not_the_agent", "The borrower was not told that you would contact him.")
    return case.agent


def require_allowed(answer: Answer) -> None:
    """Raises `Refused`, naming the rule and the next instant at which the contact is allowed."""
    if answer.is_allowed:
        return
    when = f"not before {answer.next_at.isoformat()}" if answer.next_at else "at no time"
    refusal = Refused("contact_forbidden", f"The rule {answer.rule} forbids it; {when}.")
    refusal.members["rule"] = answer.rule or ""
    raise refusal


def promised(case: Case, promise: Promise) -> Case:
    """Raises `Refused` for a promise of nothing or of the past."""
    if promise.by < promise.made_on or not promise.amount:
        raise Refused("promise_impossible", "A promise is of some money on a day to come.", "/by")
    return replace(case, promises=(*case.promises, promise))


def state_of(promise: Promise, entries: Iterable[Entry], on: date) -> str:
    """`kept` once so much came in its days, `broken` after the last of them, else `open`. Derived, never stored."""
    paid = sum(
        entry.moved("lender_funds")
        for entry in live(entries)
        if entry.kind == "repayment" and promise.made_on <= entry.effective_on <= promise.by
    )
    if paid >= promise.amount.minor:
        return "kept"
    return "broken" if on > promise.by else "open"


def _moved(case: Case, state: str) -> Case:
    if state not in MOVES[case.state]:
        raise Refused("case_state", f"The case is {case.state}.")
    return replace(case, state=state)
