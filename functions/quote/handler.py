"""Public: the markets and their rules, what a loan would cost, who the lenders are."""

from dataclasses import dataclass
from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from shared import wiring
from shared.application.quote import Quote, quote
from shared.domain.market import Officer, Rule
from shared.domain.money import Money
from shared.markets import market_at, today
from shared.runtime import now, resolver, serve
from shared.schemas import Amount, Body, Market, Months

app = resolver()

# Made by `make openapi`.
CONTRACT = Path(__file__).with_name("openapi.json")


class QuoteRequest(Body):
    market: Market
    amount: Amount
    tenor_months: Months


@dataclass(frozen=True, slots=True)
class MarketView:
    """What may be asked for here, what must be given first, and every rule of today with its source."""

    market: str
    name: str
    pack_version: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]
    is_open: bool
    smallest: Money
    largest: Money
    shortest_months: int
    longest_months: int
    consents_needed: tuple[str, ...]
    consent_purposes: tuple[str, ...]
    document_kinds: tuple[str, ...]
    grievance_officer: Officer
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Lender:
    partner_id: str
    name: str
    market: str
    kind_of_lender: str
    status: str
    grievance_officer: Officer


@dataclass(frozen=True, slots=True)
class Lenders:
    lenders: tuple[Lender, ...]


@app.post("/v1/quotes")
def make_quote(body: QuoteRequest) -> Quote:
    return quote(body.market, body.amount.money(), body.tenor_months, now())


@app.get("/v1/markets/<market>")
def show_market(market: str) -> MarketView:
    found = market_at(market, now())
    return MarketView(
        market=found.code,
        name=found.name,
        pack_version=found.pack_version,
        currency=found.currency,
        time_zone=found.time_zone,
        languages=found.languages,
        is_open=found.is_open,
        smallest=found.money(found.amount_minor.least),
        largest=found.money(found.amount_minor.most),
        shortest_months=found.tenor_months.least,
        longest_months=found.tenor_months.most,
        consents_needed=found.consents_needed,
        consent_purposes=found.consent_purposes,
        document_kinds=found.document_kinds,
        grievance_officer=found.grievance_officer,
        rules=found.rules,
    )


@app.get("/v1/lenders")
def show_lenders() -> Lenders:
    return Lenders(
        tuple(
            Lender(
                partner.partner_id,
                partner.name,
                partner.market,
                partner.kind_of_lender,
                partner.status_on(today(partner.market, now())),
                partner.grievance_officer,
            )
            for partner in wiring.partners().all()
        )
    )


@app.get("/v1/openapi.json", enable_validation=False)
def show_contract() -> Response[str]:
    return Response(status_code=200, content_type="application/json", body=CONTRACT.read_text())


handler = serve(app)
