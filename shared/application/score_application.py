"""Score an application by the market's tables and checks: what is decided, and on what grounds. Nothing is written."""

from shared.domain.applications import Application, Grounds
from shared.domain.borrowers import Features
from shared.domain.checks import Signals, checked
from shared.domain.market import Market
from shared.domain.models import chosen, verdict
from shared.domain.scoring import Decision, decide
from shared.markets.scorecards import scorecard


def score_application(
    application: Application, market: Market, features: Features, shared: tuple[str, ...]
) -> tuple[Decision, Grounds]:
    """By the table that the market has for this borrower. `shared` names what another borrower had before him."""
    table, rival = chosen(market.scorecard, market.challenger, application.borrower_id)
    signals = Signals(application.asked, shared, application.accounts)
    beside = verdict(_decided(application, market, features, rival)) if rival else None
    decision = checked(_decided(application, market, features, table), signals, market.checks)
    return decision, Grounds(features.conduct, signals, beside)


def scored_again(application: Application, market: Market, features: Features, table: str) -> Decision:
    """By that table, with the conduct and the signals of its day, where these were kept."""
    grounds = application.grounds or Grounds(signals=Signals(application.asked, accounts=application.accounts))
    return checked(_decided(application, market, features, table), grounds.signals, market.checks)


def _decided(application: Application, market: Market, features: Features, table: str) -> Decision:
    return decide(market, scorecard(table), features, application.amount, application.tenor_months)
