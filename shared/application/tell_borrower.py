"""Tell a borrower what belongs to no loan: what became of a paper, that his data will go. As `tell_loan`, once.

What is done with his account he is told on every channel, since whoever has stolen one holds that.
"""

from datetime import datetime

from shared.adapters.borrower_notices import BorrowerNotices, ToTell
from shared.adapters.channels import Channels
from shared.adapters.people import People
from shared.adapters.texts import text
from shared.application.again import again
from shared.domain.borrowers import Borrower
from shared.domain.errors import Unavailable
from shared.domain.notice_facts import Fact
from shared.domain.telling import PLANNED, SENT, Alert, Message, Telling
from shared.markets import market_at, today


def tell_borrower(
    borrower_id: str,
    notice: ToTell | Alert | None,
    at: datetime,
    *,
    notices: BorrowerNotices,
    people: People,
    channels: Channels,
    is_everywhere: bool = False,
) -> Telling | None:
    """The notice as it ended; None where nobody is there to be told any more, or nothing is to be told.

    It goes by the first channel that takes it; an `Alert`, or what `is_everywhere`, by all of them.

    Raises `Unavailable` where none took it, or nobody knows yet what became of a try: the message comes again.
    """
    borrower = people.get(borrower_id)
    if notice is None or borrower.erased_at is not None:
        return None
    dated, goes_everywhere = _dated(notice, borrower.market), is_everywhere or isinstance(notice, Alert)

    def plan() -> Telling:
        seen = notices.find(borrower_id, dated)
        if seen is not None and not seen.may_be_tried(at):
            return seen
        fresh = _written(dated, borrower, channels.of(borrower_id), at)
        telling = fresh if seen is None else seen.again(fresh)
        notices.put(borrower_id, telling, seen)
        return telling

    planned = again(plan)
    if planned.state == PLANNED and planned.tried_at == at:
        takers = (each.channel for each in planned.messages if _is_taken(borrower_id, planned, each, channels))
        first = next(takers, None)
        done = planned.taken_by(first, at, tuple(takers) if goes_everywhere else ())
        notices.put(borrower_id, done, planned)
        planned = done
    if planned.state != SENT and planned.is_waiting(at):
        raise Unavailable("temporarily_unavailable", "The borrower could not be told yet.")
    return planned


def _dated(notice: ToTell | Alert, market: str) -> ToTell:
    """Under the market's day."""
    if isinstance(notice, ToTell):
        return notice
    return ToTell(notice.notice_id, notice.kind, today(market, notice.at), {})


def _written(notice: ToTell, borrower: Borrower, channels: tuple[str, ...], at: datetime) -> Telling:
    """The notice in the borrower's language, for each of those channels."""
    officer = market_at(borrower.market, at).grievance_officer.phone
    facts: dict[str, Fact] = {**notice.days, "officer_phone": officer}
    messages = []
    for channel in channels:
        words = text(notice.kind, facts, channel=channel, language=borrower.language, market=borrower.market)
        messages.append(Message(channel, words.body, words.title))
    return Telling(notice.notice_id, notice.kind, notice.purpose, notice.on, borrower.language, tuple(messages), at)


def _is_taken(borrower_id: str, telling: Telling, message: Message, channels: Channels) -> bool:
    try:
        channels.send(borrower_id, telling.notice_id, message)
    except Unavailable:
        return False
    return True
