"""Tell a borrower what there is to tell of one loan at this moment: reminders, duties, answers to payments.

Each notice is planned in the book with its text before it is sent, and marked when it was sent. So it is sent once,
whoever finds it and however often; where the sender died between the two, or the network took it and did not say so,
it is sent once more (see `telling`). Networks for text messages take no id of ours that would keep them from that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared.adapters.channels import Channels
from shared.adapters.notices import Contacts, Notices
from shared.adapters.partners import Partners
from shared.adapters.people import People
from shared.adapters.texts import text
from shared.application.again import again
from shared.application.see_loan import Seen
from shared.domain.calendar import business_date
from shared.domain.contact import COUNTED, may_contact
from shared.domain.errors import Unavailable
from shared.domain.loan import Loan
from shared.domain.notice_facts import Fact, Notice
from shared.domain.telling import PLANNED, Message, Telling


@dataclass(frozen=True, slots=True)
class Post:
    """All that it takes to write to a borrower. `app_url` is where the app's links lead."""

    notices: Notices
    people: People
    partners: Partners
    channels: Channels
    app_url: str


def tell_loan(
    seen: Seen, wanted: Iterable[Notice], known: Mapping[str, Telling], *, post: Post
) -> tuple[tuple[Telling, ...], date | None]:
    """The notices that were tried, each as it ended, and the day on which to try again what is left; None if nothing
    is. `known` are those that were planned before."""
    tried, later = list[Telling](), list[date | None]()
    for notice in wanted:
        outcome: Telling | datetime | None = known.get(notice.notice_id)
        if not isinstance(outcome, Telling) or outcome.may_be_tried(seen.at):
            outcome = _told(notice, seen, post)
            tried += [outcome] if isinstance(outcome, Telling) and outcome.state != PLANNED else []
        later.append(_look_on(outcome, seen))
    return tuple(tried), min((day for day in later if day is not None), default=None)


def _look_on(outcome: Telling | datetime | None, seen: Seen) -> date | None:
    """When to look at a notice again: today while it waits for its try, or at the first instant that is allowed."""
    if isinstance(outcome, Telling):
        return seen.on if outcome.is_waiting(seen.at) else None
    return outcome and business_date(outcome, seen.contract.time_zone)


def _told(notice: Notice, seen: Seen, post: Post) -> Telling | datetime | None:
    """The notice after its try; the instant from which on it may be told; None when it never may."""
    loan, at = seen.loan, seen.at
    planned = again(lambda: _planned(notice, seen, post))
    if not isinstance(planned, Telling) or planned.state != PLANNED or planned.tried_at != at:
        return planned
    channel = next((each.channel for each in planned.messages if _is_taken(planned, each, loan, post)), None)
    done = planned.taken_by(channel, at)
    post.notices.tried(loan.loan_id, done, planned)
    return done


def _planned(notice: Notice, seen: Seen, post: Post) -> Telling | datetime | None:
    """As `_told`, before its try; a notice that somebody else is trying, as he planned it."""
    borrower_id, loan_id, at = seen.loan.borrower_id, seen.loan.loan_id, seen.at
    before = post.notices.of_loan(loan_id).get(notice.notice_id)
    if before is not None and not before.may_be_tried(at):
        return before
    contacts = post.notices.contacts(borrower_id) if notice.purpose in COUNTED else Contacts()
    wishes, counted = post.channels.reach.wishes(borrower_id), contacts.without(before)
    answers = {
        channel: may_contact(seen.market, wishes, counted, purpose=notice.purpose, channel=channel, at=at)
        for channel in post.channels.of(borrower_id)
    }
    channels = [channel for channel, answer in answers.items() if answer.is_allowed]
    if not channels:
        return min((answer.next_at for answer in answers.values() if answer.next_at is not None), default=None)
    fresh = _written(notice, seen, channels, post)
    telling = fresh if before is None else before.again(fresh)
    post.notices.plan(loan_id, borrower_id, telling, before, contacts)
    return telling


def _written(notice: Notice, seen: Seen, channels: list[str], post: Post) -> Telling:
    language, loan = post.people.get(seen.loan.borrower_id).language, seen.loan
    facts: Mapping[str, Fact] = {
        **notice.facts,
        "lender": post.partners.name(loan.partner_id),
        "officer_phone": seen.market.grievance_officer.phone,
        "pay_link": f"{post.app_url}/pay/{loan.loan_id}",
    }
    messages = []
    for channel in channels:
        written = text(notice.text, facts, channel=channel, language=language, market=seen.market.code)
        messages.append(Message(channel, written.body, written.title))
    return Telling(notice.notice_id, notice.kind, notice.purpose, notice.on, language, tuple(messages), seen.at)


def _is_taken(telling: Telling, message: Message, loan: Loan, post: Post) -> bool:
    try:
        post.channels.send(loan.borrower_id, telling.notice_id, message)
    except Unavailable:
        return False
    return True
