"""Ask every lender that fits for an offer to an application that was approved, by whomever."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.adapters.capacity import Capacity
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners
from shared.adapters.pricing import Pricing
from shared.domain.applications import Application
from shared.domain.market import Market
from shared.domain.offers import Board, Wanted, asks, board, judged
from shared.domain.partners import Partner
from shared.domain.scoring import Decision


@dataclass(frozen=True, slots=True)
class Lenders:
    """Who lends, how each is asked for a price, and how it answered of late."""

    partners: Partners
    pricing: Pricing
    healths: Healths

    def able(self, market: Market, asked: Wanted) -> list[Partner]:
        """Those of the market that have room for such a loan."""
        lenders = self.partners.of_market(market.code)
        full = Capacity(self.partners.table).full(lenders, asked.amount, asked.on)
        return [lender for lender in lenders if lender.partner_id not in full]

    def board(self, market: Market, asked: Wanted) -> Board:
        """A lender that answered badly of late is not asked for a while, and has given no answer."""
        lenders = self.partners.of_market(market.code)
        full = Capacity(self.partners.table).full(lenders, asked.amount, asked.on)
        questions, resting = asks(market, asked, lenders, full), self.healths.resting(asked.at)
        answers = self.pricing.prices([ask for ask in questions if ask.partner_id not in resting])
        answers = judged(market, asked, lenders, answers)
        self.healths.note(answers, asked.at)
        left_alone = {ask.partner_id: "degraded" for ask in questions if ask.partner_id in resting}
        return board(market, asked, lenders, {**answers, **left_alone}, full)


def wanted(application: Application, decision: Decision, *, on: date, at: datetime) -> Wanted:
    return Wanted(
        application_id=application.application_id,
        amount=application.amount,
        tenor_months=application.tenor_months,
        grade=decision.grade,
        instalment_limit=decision.instalment_limit,
        at=at,
        on=on,
        language=application.language,
    )
