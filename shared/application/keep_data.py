"""How long a borrower's data are kept without anybody asking: his clock begins with his first sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared.adapters.applications import LATEST, Applications
from shared.adapters.disputes import Disputes
from shared.adapters.erasures import Erasures
from shared.adapters.loans import Loans
from shared.adapters.people import People
from shared.adapters.sessions import Sessions
from shared.domain import retention
from shared.domain.erasure import Erasure
from shared.domain.loan import Loan
from shared.domain.retention import Kind
from shared.markets import market_at, today

PAGE = 100


@dataclass(frozen=True, slots=True)
class Ties:
    """What holds a borrower's data: loans, applications and disputes; and where he was heard of last."""

    loans: Loans
    applications: Applications
    disputes: Disputes
    sessions: Sessions


def start_clock(borrower_id: str, at: datetime, *, people: People, erasures: Erasures) -> None:
    """At a right code: of one who has none yet. Killed before it, the next sign-in starts it; of two at once, one."""
    if erasures.get(borrower_id) is None:
        borrower = people.get(borrower_id)
        on = today(borrower.market, at)
        rules = market_at(borrower.market, at).retention
        until = retention.kept_until(rules, (), heard_on=on, is_open=False)
        erasures.start(borrower, retention.next_step(Erasure("kept", at), until, rules, on), at)


def kept_until(
    borrower_id: str, market: str, clock: Erasure, at: datetime, *, ties: Ties
) -> Mapping[Kind, date | None]:
    """The last day of each kind of his data, if nothing happens any more; None while that cannot be said."""
    on, rules = today(market, at), market_at(market, at).retention
    latest = [found for purpose in LATEST if (found := ties.applications.latest(borrower_id, purpose))]
    last = [ties.applications.get(found.application_id) for found in latest]
    disputes = ties.disputes.of_borrower(borrower_id)
    is_open = any(each.is_waiting(on) for each in last) or any(
        each.state == "open" or each.is_owed for each in disputes
    )
    heard = [clock.asked_at, *(each.renewed_at for each in ties.sessions.of(borrower_id))]
    heard += [moment for each in last for moment in (each.submitted_at, each.decided_at) if moment is not None]
    heard_on = max(today(market, moment) for moment in heard)
    return retention.kept_until(rules, loans_of(borrower_id, ties.loans), heard_on=heard_on, is_open=is_open)


def next_step(clock: Erasure, until: Mapping[Kind, date | None], market: str, at: datetime) -> Erasure:
    return retention.next_step(clock, until, market_at(market, at).retention, today(market, at))


def loans_of(borrower_id: str, loans: Loans) -> list[Loan]:
    found: list[Loan] = []
    after: str | None = None
    while True:
        page, after = loans.page_of(borrower_id, after, PAGE)
        found += [loan for loan, _ in page]
        if after is None:
            return found
