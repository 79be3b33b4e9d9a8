"""What the desk reads: the waivers that wait, one with the figures to decide on, and what the programme did."""

from datetime import datetime

from shared.adapters.loans import Loans
from shared.adapters.waivers import Waivers
from shared.application.grant_waiver import figures_of
from shared.application.show_waiver import standing
from shared.domain import waiver_budget, waiver_figures, waivers
from shared.domain.calendar import business_date
from shared.domain.waiver_budget import Left
from shared.domain.waiver_figures import WaiverFigures
from shared.domain.waivers import Waiver
from shared.markets import market_at, today


def waiting_waivers(
    market: str, state: str, after: str | None, limit: int, at: datetime, *, waivers_of: Waivers
) -> tuple[list[Waiver], str | None]:
    """A page of those that are still in a state, oldest first. What has expired by now is left out of it."""
    on = today(market, at)
    found, then = waivers_of.waiting(market, state, after, limit)
    return [waiver for waiver in found if waivers.state_on(waiver, (), on) == state], then


def waiver_with_figures(
    waiver_id: str, at: datetime, *, loans: Loans, waivers_of: Waivers
) -> tuple[Waiver, str, dict[str, object]]:
    """The waiver, its state today, and what a decision is made on. Raises `NotFound`."""
    waiver = waivers_of.get(waiver_id)
    loan, contract = loans.get(waiver.loan_id)
    on = business_date(at, contract.time_zone)
    return waiver, standing(waiver, at, loans=loans), figures_of(waiver, loan, contract, on, at)


def figures_of_month(
    market: str, month: str, after: str | None, limit: int, at: datetime, *, loans: Loans, waivers_of: Waivers
) -> tuple[WaiverFigures, str | None, int, Left]:
    """Figures of a page of a month's requests, which add up to the month's; and its budget, with what is left.

    It reads each waiver and all entries of its loan: some three reads a waiver, when somebody asks, and nothing else.
    """
    found, then = waivers_of.of_month(market, month, after, limit)
    with_entries = [(waiver, loans.entries(waiver.loan_id)) for waiver in found]
    on, whole = today(market, at), market_at(market, at).waivers.monthly_budget
    left = waiver_budget.left(waivers_of.budget(market, month), whole)
    return waiver_figures.figures(with_entries, on), then, whole, left
