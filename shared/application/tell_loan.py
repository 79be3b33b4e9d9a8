"""Tell a borrower what there is to tell of one loan at this moment: reminders, duties, answers to payments.

Each notice is planned in the book with its text before it is sent, and marked when it was sent. So it is sent once,
whoever finds it and however often; where the sender died between the two, or the network took it and did not say so,
it is sent once more (see `telling`). Networks for text messages take no id of ours that would keep them from that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.adapters import class_news
from shared.adapters.cases import Cases
from shared.adapters.channels import Channels
from shared.adapters.loans import Loans
from shared.adapters.notices import Contacts, Notices
from shared.adapters.partners import Partners
from shared.adapters.people import People
from shared.adapters.table import Stale
from shared.adapters.texts import text
from shared.application.again import again
from shared.application.borrowers_loans import Other, other_loans
from shared.application.claim_guarantee import claim_guarantee
from shared.application.plan_debit import plan_debit
from shared.application.work_case import stage_of
from shared.domain import cases, dues, legal, relief_notices
from shared.domain.calendar import business_date
from shared.domain.class_news import fresh
from shared.domain.contact import COUNTED, may_contact
from shared.domain.contract import Contract
from shared.domain.delinquency import Change, loan_history
from shared.domain.errors import Unavailable
from shared.domain.lateness import account, answers, position, scale, steps
from shared.domain.loan import Loan, is_fold
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.notice_facts import Fact, Notice
from shared.domain.notices import due_on, next_notice_on
from shared.domain.relief_notices import StaffAnswer
from shared.domain.telling import PLANNED, Message, Telling
from shared.markets import market_at

# An answer to a payment, or to what was asked for, that is older than this answers nothing.
ANSWER_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Post:
    """All that it takes to write to a borrower. `app_url` is where the app's links lead."""

    notices: Notices
    people: People
    partners: Partners
    channels: Channels
    app_url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What there may be to tell of a loan on a day, and when there will be more if nothing is paid.

    `others` are the borrower's other loans, whose class may depend on this one. `classes` are the changes of class up
    to yesterday: a class is judged at a day's end.
    """

    loan: Loan
    contract: Contract
    market: Market
    wanted: tuple[Notice, ...]
    next_on: date | None
    is_book_right: bool
    others: tuple[Other, ...]
    classes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The notices that were tried, each as it ended, and whether the loan's head is what its entries say: whoever
    tells reads all of them, after each movement, so that here the books are checked without a read more."""

    tried: tuple[Telling, ...]
    is_book_right: bool


def tell_loan(loan_id: str, at: datetime, *, loans: Loans, post: Post) -> Told:
    """The loan then lies in the index under the next day with a notice.

    What may not be told yet, or what no channel took, keeps it there under the day on which to try again.
    """
    known, found = again(lambda: _gather(loan_id, at, loans, post))
    on = business_date(at, found.contract.time_zone)
    claim_on = claim_guarantee(found.loan, on, at, loans=loans, partners=post.partners)
    _look_at_others(found, known, on, loans)
    tried, later = list[Telling](), [found.next_on, claim_on]
    for notice in found.wanted:
        telling = known.get(notice.notice_id)
        if telling is None or telling.may_be_tried(at):
            outcome = _told(notice, found, at, post)
            tried += [outcome] if isinstance(outcome, Telling) and outcome.state != PLANNED else []
            later.append(_look_on(outcome, on, at, found.contract))
        else:
            later.append(_look_on(telling, on, at, found.contract))
    next_on = min((day for day in later if day is not None), default=None)
    if (next_on is None or next_on > on) and next_on != found.loan.notice_on:
        loans.look_on(found.loan, found.contract, next_on)
    return Told(tuple(tried), found.is_book_right)


def _gather(loan_id: str, at: datetime, loans: Loans, post: Post) -> tuple[dict[str, Telling], Found]:
    """What was told, and what there may be to tell; what is new of the loan's class is noted for its lender first."""
    known, answered, classes = post.notices.told(loan_id)
    found = look(loan_id, at, answered, loans=loans)
    yesterday = business_date(at, found.contract.time_zone) - timedelta(days=1)
    news = fresh(classes, found.classes, yesterday, found.loan.sequence, at)
    if news is None:
        return known, found
    loans.book(found.loan, found.contract, (), [class_news.new(loan_id, news)])
    return known, replace(found, loan=replace(found.loan, version=found.loan.version + 1))


def look(loan_id: str, at: datetime, answered: Sequence[StaffAnswer], *, loans: Loans) -> Found:
    """What the loan's books say today, with dues that the night has not booked yet. They are read whole: classes have
    a history that no head can hold. A debit whose notice is due is planned. Raises `Stale` when the loan moved while
    it was read."""
    loan, contract = loans.get(loan_id)
    booked = loans.entries(loan_id)
    if booked and booked[-1].sequence != loan.sequence:
        raise Stale(())
    market, on = market_at(contract.market, at), business_date(at, contract.time_zone)
    today, unbooked = dues.until(loan, contract, on, at)
    entries = (*booked, *unbooked)
    life = steps(loan, contract, entries)
    others = other_loans(loan, on, at, loans=loans)
    lateness, theirs = account(life), [other.account for other in others]
    here = position(today, contract, lateness, market, on, theirs)
    classes = loan_history(lateness, theirs, scale(contract, market), on - timedelta(days=1))
    coming, failed = plan_debit(loan, contract, here.dues, market, on, loans=loans)
    here = replace(here, debit=coming, failed=failed)
    since = at - ANSWER_WITHIN
    wanted = (
        *answers(life, entries, contract, since),
        *relief_notices.told(life, entries, contract, since),
        *relief_notices.answered(answered, since),
        *due_on(here, market.notices, on),
    )
    of_case, next_on = _of_case(today, contract, market, on, at, loans)
    # The lender hears of each change on the day after it, also of one that the borrower is not told of.
    judged_on = min((change.on + timedelta(days=1) for change in here.changes if change.on >= on), default=None)
    later = (next_on, next_notice_on(here, market.notices, on), judged_on)
    next_on = min((day for day in later if day is not None), default=None)
    return Found(loan, contract, market, (*wanted, *of_case), next_on, is_fold(loan, contract, booked), others, classes)


def _of_case(
    today: Loan, contract: Contract, market: Market, on: date, at: datetime, loans: Loans
) -> tuple[tuple[Notice, ...], date | None]:
    """What there is to tell of the loan's case, and when there will be more."""
    case = Cases(loans.table).find(today.loan_id)
    if case is None:
        return (), None
    agent, stage = cases.notice(case, on), stage_of(case, at, loans)
    overdue = sum(due.unpaid for due in dues.demanded(today, contract, on) if due.due_on < on)
    owed = Money(today.written_off or overdue, contract.currency)
    told = (*([agent] if agent else []), *legal.notices(case, stage, market.legal, owed, on))
    return told, legal.next_on(case, stage, market.legal, on)


def _look_at_others(found: Found, known: Mapping[str, Telling], on: date, loans: Loans) -> None:
    """Puts the borrower's other loans under today before a change of class is told: it may be theirs too.

    Killed after it, they are looked at once too often; the notice that is not planned yet has them looked at again.
    """
    if any(notice.kind == "class_changed" and notice.notice_id not in known for notice in found.wanted):
        for other in found.others:
            if other.loan.state == "active":
                loans.look_on(other.loan, other.contract, on)


def _look_on(outcome: Telling | datetime | None, on: date, at: datetime, contract: Contract) -> date | None:
    """When to look at a notice again: today while it waits for its try, or at the first instant that is allowed."""
    if isinstance(outcome, Telling):
        return on if outcome.is_waiting(at) else None
    return outcome and business_date(outcome, contract.time_zone)


def _told(notice: Notice, found: Found, at: datetime, post: Post) -> Telling | datetime | None:
    """The notice after its try; the instant from which on it may be told; None when it never may."""
    loan = found.loan
    planned = again(lambda: _planned(notice, found, at, post))
    if not isinstance(planned, Telling) or planned.tried_at != at:
        return planned
    channel = next((each.channel for each in planned.messages if _is_taken(planned, each, loan, post)), None)
    done = planned.taken_by(channel, at)
    post.notices.tried(loan.loan_id, done, planned)
    return done


def _planned(notice: Notice, found: Found, at: datetime, post: Post) -> Telling | datetime | None:
    """As `_told`, before its try; a notice that somebody else is trying, as he planned it."""
    borrower_id, loan_id = found.loan.borrower_id, found.loan.loan_id
    seen = post.notices.of_loan(loan_id).get(notice.notice_id)
    if seen is not None and not seen.may_be_tried(at):
        return seen
    contacts = post.notices.contacts(borrower_id) if notice.purpose in COUNTED else Contacts()
    wishes, counted = post.channels.reach.wishes(borrower_id), contacts.without(seen)
    answers = {
        channel: may_contact(found.market, wishes, counted, purpose=notice.purpose, channel=channel, at=at)
        for channel in post.channels.of(borrower_id)
    }
    channels = [channel for channel, answer in answers.items() if answer.is_allowed]
    if not channels:
        return min((answer.next_at for answer in answers.values() if answer.next_at is not None), default=None)
    fresh = _written(notice, found, channels, at, post)
    telling = fresh if seen is None else seen.again(fresh)
    post.notices.plan(loan_id, borrower_id, telling, seen, contacts)
    return telling


def _written(notice: Notice, found: Found, channels: list[str], at: datetime, post: Post) -> Telling:
    language, loan = post.people.get(found.loan.borrower_id).language, found.loan
    facts: Mapping[str, Fact] = {
        **notice.facts,
        "lender": post.partners.name(loan.partner_id),
        "officer_phone": found.market.grievance_officer.phone,
        "pay_link": f"{post.app_url}/pay/{loan.loan_id}",
    }
    messages = []
    for channel in channels:
        written = text(notice.text, facts, channel=channel, language=language, market=found.market.code)
        messages.append(Message(channel, written.body, written.title))
    return Telling(notice.notice_id, notice.kind, notice.purpose, notice.on, language, tuple(messages), at)


def _is_taken(telling: Telling, message: Message, loan: Loan, post: Post) -> bool:
    try:
        post.channels.send(loan.borrower_id, telling.notice_id, message)
    except Unavailable:
        return False
    return True
