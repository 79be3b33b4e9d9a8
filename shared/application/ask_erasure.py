"""Ask to be erased, see what that waits for, or think better of it. Each may be sent again."""

from datetime import datetime

from shared.adapters.applications import LATEST, Applications
from shared.adapters.erasures import Erasures
from shared.adapters.loans import Loans
from shared.adapters.people import People
from shared.application.again import again
from shared.domain import erasure
from shared.domain.erasure import Erasure
from shared.domain.errors import NotFound
from shared.domain.loan import Loan
from shared.markets import market_at, today

PAGE = 100


def ask_erasure(
    borrower_id: str, at: datetime, *, people: People, loans: Loans, applications: Applications, erasures: Erasures
) -> Erasure:
    """The erasure as it then stands; asked again, what it waits for is worked out again."""

    def step() -> Erasure:
        seen = erasures.get(borrower_id)
        asked = seen if seen and not seen.is_over else Erasure("asked", at)
        if asked.state == "erasing" or (seen and seen.state == "done"):
            return seen or asked
        borrower = people.get(borrower_id)
        made = plan(asked, borrower_id, borrower.market, at, loans=loans, applications=applications)
        return made if made == seen else erasures.save(borrower, made, seen, at)

    return again(step)


def withdraw_erasure(borrower_id: str, at: datetime, *, people: People, erasures: Erasures) -> Erasure:
    """Raises `NotFound` where nothing was asked, `Refused` (erasure_begun) when it is too late."""

    def step() -> Erasure:
        seen = show_erasure(borrower_id, erasures=erasures)
        if seen.state == "withdrawn":
            return seen
        return erasures.save(people.get(borrower_id), erasure.withdrawn(seen), seen, at)

    return again(step)


def show_erasure(borrower_id: str, *, erasures: Erasures) -> Erasure:
    found = erasures.get(borrower_id)
    if found is None:
        raise NotFound("not_found", "You have not asked to be erased.")
    return found


def plan(
    asked: Erasure, borrower_id: str, market: str, at: datetime, *, loans: Loans, applications: Applications
) -> Erasure:
    """What an erasure has to wait for at this moment."""
    on = today(market, at)
    latest = [found for purpose in LATEST if (found := applications.latest(borrower_id, purpose))]
    last = [applications.get(found.application_id) for found in latest]
    return erasure.planned(
        asked,
        _loans(borrower_id, loans),
        has_application=any(application.is_waiting(on) for application in last),
        retention_years=market_at(market, at).retention_years,
        on=on,
    )


def _loans(borrower_id: str, loans: Loans) -> list[Loan]:
    found: list[Loan] = []
    after: str | None = None
    while True:
        page, after = loans.page_of(borrower_id, after, PAGE)
        found += [loan for loan, _ in page]
        if after is None:
            return found
