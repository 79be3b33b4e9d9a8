"""Tell a partner what happened to a loan of its own: at least once, by signed webhook, and again over days.

The journal says what happened; the outbox says what became of telling it. Killed before the outbox is written, the
queue's message comes again and the event is sent once more under the same id; killed after, it is known.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.adapters import class_news
from shared.adapters.loans import Loans
from shared.adapters.measures import counted
from shared.adapters.outbox import Endpoint, Outbox
from shared.adapters.partners import Partners
from shared.adapters.webhooks import Webhooks
from shared.domain.class_news import ClassNews
from shared.domain.errors import NotFound
from shared.domain.partner_events import (
    GIVEN_UP,
    KEPT,
    PARKED,
    WAITING,
    Delivery,
    answered,
    class_ids,
    cloud_event,
    delivery,
    events,
    settled,
)
from shared.domain.partners import Partner
from shared.domain.settled_day import SettledDay

# What a call takes from the index at a time.
PAGE = 25
# While so many wait, the partner's endpoint is taken to be down: what is new waits behind them.
BEHIND = 3


def tell_step(
    loan_id: str, place: str, at: datetime, *, loans: Loans, partners: Partners, outbox: Outbox, hooks: Webhooks
) -> list[Delivery]:
    """Tells the events of one step of the journal, by its place in it; what the partner did not take waits for `retry`.

    Returns those that are new: a message that comes again finds its events in the outbox.
    """
    loan, contract = loans.get(loan_id)
    classes = class_news.of_loan(loans.table, loan_id)
    made = _made(loan_id, place, classes, loans)
    found = events(loan, contract, loans.entries(loan_id), classes)
    news = [delivery(event, KEPT) for event in found if event.entry_id in made]
    return _told(loan.partner_id, news, at, partners, outbox, hooks)


def tell_settlement(
    day: SettledDay, at: datetime, *, partners: Partners, outbox: Outbox, hooks: Webhooks
) -> list[Delivery]:
    """As `tell_step`: that a lender's day is settled, once its files are there."""
    news = [settled(day)] if day.manifest_sha256 is not None else []
    return _told(day.partner_id, news, at, partners, outbox, hooks)


def retry(
    partner_id: str,
    at: datetime,
    has_time: Callable[[], bool],
    *,
    partners: Partners,
    outbox: Outbox,
    hooks: Webhooks,
) -> int:
    """Tries what is due, the longest due first, until one is not taken: the partner's endpoint is down, and the rest
    stays due for the next call. How many were delivered.
    """
    partner, delivered = partners.get(partner_id), 0
    while has_time():
        page = outbox.due(partner_id, at, PAGE)
        for seen in page:
            tried = _tried(seen, partner, at, outbox, hooks)
            if not outbox.put(tried, seen):
                continue
            if tried.state == WAITING or not has_time():
                return delivered
            delivered += 1
        if not page:
            break
    return delivered


def waits(partners: Iterable[Partner], at: datetime, *, outbox: Outbox) -> list[str]:
    """Ids of those for which something is due."""
    told = (each.partner_id for each in partners if each.webhook_url is not None)
    return [partner_id for partner_id in told if outbox.waiting(partner_id, 1, at)]


def events_since(
    partner_id: str, after: str, limit: int, *, outbox: Outbox
) -> tuple[tuple[Mapping[str, Any], ...], str | None]:
    """The partner's events from behind an instant or a former page on, as they were or are to be delivered."""
    found, then = outbox.since(partner_id, after, limit)
    return tuple(each.event for each in found), then


def events_of_loan(partner_id: str, loan_id: str, *, loans: Loans) -> tuple[Mapping[str, Any], ...]:
    """All events of a loan, from its journal. Raises `NotFound` for another partner's loan too."""
    loan, contract = loans.get(loan_id)
    if loan.partner_id != partner_id:
        raise NotFound("not_found", "There is no such loan.")
    classes = class_news.of_loan(loans.table, loan_id)
    return tuple(map(cloud_event, events(loan, contract, loans.entries(loan_id), classes)))


def _told(
    partner_id: str, news: Iterable[Delivery], at: datetime, partners: Partners, outbox: Outbox, hooks: Webhooks
) -> list[Delivery]:
    partner, told = partners.find(partner_id), list[Delivery]()
    is_behind = len(outbox.waiting(partner_id, BEHIND)) == BEHIND
    for new in news:
        if outbox.get(new) is None:
            waits_too = replace(new, state=WAITING, next_try=at)
            tried = waits_too if is_behind else _tried(new, partner, at, outbox, hooks)
            outbox.put(tried, None)
            told.append(tried)
    return told


def _made(loan_id: str, place: str, classes: Iterable[ClassNews], loans: Loans) -> set[str | None]:
    """What the events of an item of the loan are known by; the contract's is the sanction."""
    news = next((each for each in classes if class_news.place(each) == place), None)
    if news is not None:
        return set(class_ids(news))
    return {entry.entry_id for entry in loans.step(loan_id, place)} or {None}


def _tried(seen: Delivery, partner: Partner | None, at: datetime, outbox: Outbox, hooks: Webhooks) -> Delivery:
    """The delivery after a try, or as it is where the partner is not told at all."""
    if partner is None or partner.webhook_url is None:
        return replace(seen, state=KEPT, next_try=None)
    disabled = outbox.disabled(partner.partner_id)
    if disabled is not None and disabled.url == partner.webhook_url:
        return replace(seen, state=PARKED, next_try=None)
    tried = answered(seen, hooks.send(partner.webhook_url, seen), at)
    if tried.state == PARKED:
        outbox.disable(Endpoint(partner.partner_id, partner.webhook_url, at))
    if tried.state in (PARKED, GIVEN_UP):
        counted("WebhooksFailed")
    return tried
