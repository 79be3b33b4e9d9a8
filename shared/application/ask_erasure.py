"""Ask to be erased, see what that waits for, or think better of it. Each may be sent again."""

from datetime import datetime

from shared.adapters.applications import LATEST, Applications
from shared.adapters.erasures import Erasures
from shared.adapters.loans import Loans
from shared.adapters.people import People
from shared.application.again import again
from shared.application.keep_data import loans_of
from shared.domain import erasure
from shared.domain.erasure import Erasure
from shared.domain.errors import NotFound
from shared.markets import market_at, today


def ask_erasure(
    borrower_id: str, at: datetime, *, people: People, loans: Loans, applications: Applications, erasures: Erasures
) -> Erasure:
    """The erasure as it then stands; asked again, what it waits for is worked out again."""

    def step() -> Erasure:
        seen = erasures.get(borrower_id)
        if seen and seen.state in ("erasing", "done"):
            return seen
        asked = seen if seen and seen.is_asked else Erasure("asked", at)
        borrower = people.get(borrower_id)
        made = plan(asked, borrower_id, borrower.market, at, loans=loans, applications=applications)
        return made if made == seen else erasures.save(borrower, made, seen, at)

    return again(step)


def withdraw_erasure(borrower_id: str, at: datetime, *, people: People, erasures: Erasures) -> Erasure:
    """He stays, whether he or a rule had asked.

    Raises `NotFound` where nothing was asked, `Refused` (erasure_begun) when it is too late.
    """

    def step() -> Erasure:
        seen = show_erasure(borrower_id, erasures=erasures)
        if seen.state == "kept":
            raise NotFound("not_found", "You have not asked to be erased.")
        if seen.state == "withdrawn":
            return seen
        borrower = people.get(borrower_id)
        return erasures.save(borrower, erasure.withdrawn(seen, at, today(borrower.market, at)), seen, at)

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
        loans_of(borrower_id, loans),
        has_application=any(application.is_waiting(on) for application in last),
        retention_years=market_at(market, at).retention.years["identity"],
        on=on,
    )
