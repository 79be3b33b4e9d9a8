"""Tell a borrower what belongs to no loan: what became of a paper, that his data will go. As `tell_loan`, once."""

from datetime import datetime

from shared.adapters.borrower_notices import BorrowerNotices, ToTell
from shared.adapters.channels import Channels
from shared.adapters.notices import Notices
from shared.adapters.people import People
from shared.adapters.texts import text
from shared.application.again import again
from shared.domain.errors import Unavailable
from shared.domain.notice_facts import Fact
from shared.domain.telling import PLANNED, SENT, Message, Telling
from shared.markets import market_at


def tell_borrower(
    borrower_id: str,
    sk: str,
    at: datetime,
    *,
    wanted: BorrowerNotices,
    notices: Notices,
    people: People,
    channels: Channels,
) -> Telling | None:
    """The notice as it ended; None where nobody is there to be told any more.

    Raises `Unavailable` where no channel took it, or nobody knows yet what became of a try: the message comes again.
    """
    notice, borrower = wanted.get(borrower_id, sk), people.get(borrower_id)
    if notice is None or borrower.erased_at is not None:
        return None

    def plan() -> Telling:
        seen = notices.find(borrower_id, notice.notice_id)
        if seen is not None and not seen.may_be_tried(at):
            return seen
        fresh = _written(notice, borrower.market, borrower.language, channels.of(borrower_id), at)
        telling = fresh if seen is None else seen.again(fresh)
        notices.put(borrower_id, telling, seen)
        return telling

    planned = again(plan)
    if planned.state == PLANNED and planned.tried_at == at:
        taken = next(
            (each.channel for each in planned.messages if _is_taken(borrower_id, planned, each, channels)), None
        )
        done = planned.taken_by(taken, at)
        notices.tried(borrower_id, done, planned)
        planned = done
    if planned.state != SENT and planned.is_waiting(at):
        raise Unavailable("temporarily_unavailable", "The borrower could not be told yet.")
    return planned


def _written(notice: ToTell, market: str, language: str, channels: tuple[str, ...], at: datetime) -> Telling:
    officer = market_at(market, at).grievance_officer.phone
    facts: dict[str, Fact] = {**notice.days, "officer_phone": officer}
    messages = []
    for channel in channels:
        written = text(notice.kind, facts, channel=channel, language=language, market=market)
        messages.append(Message(channel, written.body, written.title))
    return Telling(notice.notice_id, notice.kind, notice.purpose, notice.on, language, tuple(messages), at)


def _is_taken(borrower_id: str, telling: Telling, message: Message, channels: Channels) -> bool:
    try:
        channels.send(borrower_id, telling.notice_id, message)
    except Unavailable:
        return False
    return True
