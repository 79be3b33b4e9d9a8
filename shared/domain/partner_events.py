"""What a partner is told of its own loans, as CloudEvents 1.0: ids and amounts, and nothing of the borrower.

The events of a loan are read off its journal and the news of its class, which only grow, so that they are the same
however often and by whom they are made. Their numbers follow each other without a gap: a receiver puts them into order,
and knows when one is missing.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and its extension `sequence`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain.class_news import ClassNews
from shared.domain.contract import Contract
from shared.domain.ledger import Entry
from shared.domain.loan import Loan
from shared.domain.settled_day import SettledDay

# Of an event: what it is known by, when it was recorded, its type, its data.
_Made = tuple[str, datetime, str, Mapping[str, Any]]
# The kinds of entries that a lender is told of, and what each is called.
TYPES = {
    "disbursement": "loan.disbursed",
    "repayment": "loan.repaid",
    "merchant_refund": "loan.merchant_refunded",
    "waiver": "loan.waived",
    "rescheduled": "loan.rescheduled",
    "write_off": "loan.written_off",
    "cancellation": "loan.cancelled",
    "closure": "loan.closed",
}
SANCTIONED, REVERSED, CLASS_CHANGED = "loan.sanctioned", "loan.reversed", "loan.class_changed"
SETTLED = "settlement.filed"
# Whoever sends waits so long after each try in vain; all of it is three days.
WAITS = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 18, 22)),
)
SOON_SECONDS = WAITS[0].seconds
# States of a delivery. A partner without an address has its events kept; one that wants no more has them parked.
KEPT, WAITING, DELIVERED, PARKED, GIVEN_UP = "kept", "waiting", "delivered", "parked", "given_up"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a loan. `entry_id` is that of the entry, None for the sanction; a change of class has
    the id that `class_ids` gives it."""

    loan_id: str
    partner_id: str
    number: int
    entry_id: str | None
    occurred_at: datetime
    type: str
    data: Mapping[str, Any]

    @property
    def event_id(self) -> str:
        return f"{self.loan_id}.{self.number}"

    @property
    def sequence(self) -> str:
        """The number as text that sorts as it counts."""
        return f"{self.number:010}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way. `subject` is the loan, or the day, that it is about; `said` is what the partner's endpoint
    answered last."""

    event_id: str
    partner_id: str
    subject: str
    sequence: str
    occurred_at: datetime
    event: Mapping[str, Any]
    state: str
    tries: int = 0
    next_try: datetime | None = None
    said: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Retry:
    """The message that a partner's events are to be tried again."""

    partner_id: str


def is_told(entry: Entry) -> bool:
    """Whether a step with this entry may have something to tell."""
    return entry.kind in TYPES or entry.kind == "reversal"


def events(
    loan: Loan, contract: Contract, entries: Iterable[Entry], classes: Iterable[ClassNews] = ()
) -> tuple[Event, ...]:
    """All events of a loan so far, in their order; the first is its sanction.

    News of its class comes behind the entry that was the last when it was written, and before any later one.
    """
    found, told = [_sanctioned(loan, contract)], dict[str, str]()
    rows: list[tuple[int, int, Entry | ClassNews]] = [(entry.sequence, 0, entry) for entry in entries]
    rows += [(news.after, news.number, news) for news in classes]
    for _, _, row in sorted(rows, key=lambda row: row[:2]):
        made = _of_entry(row, told) if isinstance(row, Entry) else _of_class(row, told)
        for cause, at, kind, data in made:
            named = {**_named(loan, contract), **data}
            event = Event(loan.loan_id, loan.partner_id, len(found) + 1, cause, at, kind, named)
            told[cause] = event.event_id
            found.append(event)
    return tuple(found)


def class_ids(news: ClassNews) -> tuple[str, ...]:
    """What the events of one piece of news are known by, in their order."""
    return (*(f"{_class_id(number)}.undone" for number in news.undone), *(_class_id(n) for n, _ in news.numbered))


def cloud_event(event: Event) -> dict[str, Any]:
    """The event as JSON-ready data in CloudEvents' structured form."""
    return {
        "specversion": "1.0",
        "id": event.event_id,
        "source": "/v1/loans",
        "type": f"minnow.{event.type}",
        "subject": event.loan_id,
        "time": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": event.sequence,
        "data": dict(event.data),
    }


def delivery(event: Event, state: str) -> Delivery:
    return Delivery(
        event_id=event.event_id,
        partner_id=event.partner_id,
        subject=event.loan_id,
        sequence=event.sequence,
        occurred_at=event.occurred_at,
        event=cloud_event(event),
        state=state,
    )


def settled(day: SettledDay) -> Delivery:
    """A lender's day is settled and its files are there: an event of the lender, in the sequence of his days."""
    event_id, subject = f"settlement.{day.partner_id}.{day.on}", f"settlements/{day.on}"
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/v1/settlements",
        "type": f"minnow.{SETTLED}",
        "subject": subject,
        "time": day.settled_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": day.on.isoformat(),
        "data": {
            "partner_id": day.partner_id,
            "on": day.on.isoformat(),
            "currency": day.currency,
            "movements": day.movements,
            "net_minor": day.net,
            "owed_by_lender_minor": day.owed_by_lender,
            "manifest_sha256": day.manifest_sha256,
        },
    }
    return Delivery(event_id, day.partner_id, subject, day.on.isoformat(), day.settled_at, event, KEPT)


def answered(tried: Delivery, status: int | None, at: datetime) -> Delivery:
    """After a try: delivered by any 2xx; parked by 410, which says that the partner wants no more; else tried again,
    after ever longer waits, and given up after three days. `status` None: nobody answered.
    """
    tries, said = tried.tries + 1, "no answer" if status is None else str(status)
    done = replace(tried, tries=tries, said=said, next_try=None)
    if status is not None and 200 <= status < 300:
        return replace(done, state=DELIVERED)
    if status == 410:
        return replace(done, state=PARKED)
    if tries > len(WAITS):
        return replace(done, state=GIVEN_UP)
    return replace(done, state=WAITING, next_try=at + WAITS[tries - 1])


def _sanctioned(loan: Loan, contract: Contract) -> Event:
    terms = contract.terms
    data = {
        **_named(loan, contract),
        "application_id": loan.application_id,
        "offer_id": loan.offer_id,
        "principal_minor": terms.principal.minor,
        "annual_rate": str(terms.annual_rate),
        "instalments": terms.instalments,
    }
    return Event(loan.loan_id, loan.partner_id, 1, None, loan.sanctioned_at, SANCTIONED, data)


def _of_entry(entry: Entry, told: Mapping[str, str]) -> Iterator[_Made]:
    kind, more = TYPES.get(entry.kind), dict[str, str]()
    if kind is None and entry.reversal_of is not None and entry.reversal_of in told:
        kind, more = REVERSED, {"reverses": told[entry.reversal_of]}
    if kind is not None:
        data = {"entry_id": entry.entry_id, "effective_on": entry.effective_on.isoformat()}
        yield entry.entry_id, entry.recorded_at, kind, {**data, "postings": _postings(entry), **more}


def _of_class(news: ClassNews, told: Mapping[str, str]) -> Iterator[_Made]:
    for number in news.undone:
        yield f"{_class_id(number)}.undone", news.at, REVERSED, {"reverses": told[_class_id(number)]}
    for number, change in news.numbered:
        data = {
            "class": change.now,
            "was": change.was,
            "changed_on": change.on.isoformat(),
            "days_past_due": change.days_past_due,
            "cause": change.cause,
        }
        yield _class_id(number), news.at, CLASS_CHANGED, data


def _class_id(number: int) -> str:
    return f"class.{number}"


def _named(loan: Loan, contract: Contract) -> dict[str, Any]:
    return {"loan_id": loan.loan_id, "product_id": contract.product_id, "currency": contract.currency}


def _postings(entry: Entry) -> Sequence[Mapping[str, Any]]:
    """As the loan's ledger has them, for the lender's own books to follow."""
    return [{"debit": made.debit, "credit": made.credit, "minor": made.amount.minor} for made in entry.postings]
