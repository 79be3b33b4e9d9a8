"""What the routes under `/v1/desk` answer."""

from dataclasses import dataclass
from typing import Any

from functions.relief.views import WaiverView
from functions.relief.views import waiver as waiver_view
from shared.domain.staff import Decision, figures_hash
from shared.domain.waiver_budget import Left
from shared.domain.waiver_figures import AFTERWARDS, AT_ONCE, WaiverFigures
from shared.domain.waivers import Waiver

NO_TWIN = "Who was declined was chosen for it: a difference between the groups is not what a waiver did."


@dataclass(frozen=True, slots=True)
class Decisions:
    decisions: tuple[Decision, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class DeskWaivers:
    waivers: tuple[WaiverView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class DeskWaiver:
    """`figures` are what a decision is made on, in minor units; send their hash with it. `asked_by` may not approve."""

    waiver: WaiverView
    borrower_id: str
    asked_by: str
    figures: dict[str, Any]
    figures_hash: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one page of a month's requests; add the pages up. `at_once_days` and `afterwards_days` follow the request.

    `budget` and what is `left` of it are the whole month's: `together`, and `for_one` waiver at most, since each lies
    in one of the budget's parts. Those who were declined are no twin of those who were granted, as `note` says.
    """

    market: str
    month: str
    figures: WaiverFigures
    at_once_days: int
    afterwards_days: int
    budget: int
    left: Left
    note: str
    next: str | None


def waiver(waiver: Waiver, state: str, figures: dict[str, Any]) -> DeskWaiver:
    shown = waiver_view(waiver, state)
    return DeskWaiver(shown, waiver.borrower_id, waiver.asked_by, figures, figures_hash(figures))


def figures(market: str, month: str, found: WaiverFigures, then: str | None, budget: int, left: Left) -> Figures:
    return Figures(market, month, found, AT_ONCE.days, AFTERWARDS.days, budget, left, NO_TWIN, then)
