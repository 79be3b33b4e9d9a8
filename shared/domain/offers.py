"""Offers of every lender that fits, in one order for all, and the names of those that do not, with the reason.

Digital Lending Directions, 2025, paragraph 6: like borrowers get like lists, and nothing but cost decides the order.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shared.domain.contract import Contract, Purchase
from shared.domain.cost import Cost, cost, shown
from shared.domain.kfs import KeyFacts, fingerprint, key_facts
from shared.domain.market import Market, Matching
from shared.domain.money import Money
from shared.domain.partners import Partner
from shared.domain.products import Product

# Why a lender made no offer, from the first check to the last; of several products the one that came furthest counts.
UNMATCHED = {
    "not_lending": "The lender takes no new loans at present.",
    "amount_out_of_range": "The lender does not lend this amount.",
    "tenor_out_of_range": "The lender does not lend for this time.",
    "grade_not_accepted": "The lender does not lend to this grade.",
    "no_capacity": "The lender has no more to lend at present.",
    "no_answer": "The lender gave no price in time.",
    "rate_above_grade": "The lender asks more than this grade may be offered.",
    "cost_above_cap": "The loan would cost more than the law allows.",
    "beyond_limit": "The loan with its fees would be more than is free of your limit.",
    "instalment_unaffordable": "The instalment would be more than your income leaves room for.",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What offers are made for. `at` is the instant of the decision, `on` its date in the market.

    A `purchase` is paid whole: `amount` is its price, to which a lender's fees come, and together they are no more than
    `most`. Then `application_id` is the checkout's. `language` is that of the statements.
    """

    application_id: str
    amount: Money
    tenor_months: int
    grade: str
    instalment_limit: Money
    at: datetime
    on: date
    purchase: Purchase | None = None
    most: Money | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Ask:
    """The question to a partner that prices each case. The answer is a `Price` for one of the products."""

    application_id: str
    partner_id: str
    market: str
    amount: Money
    tenor_months: int
    grade: str
    product_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Price:
    product_id: str
    annual_rate: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """Binding until `valid_until`, in the words of its `kfs`; `contract` is what acceptance pins on the loan."""

    offer_id: str
    application_id: str
    partner_id: str
    lender: str
    product_id: str
    amount: Money
    tenor_months: int
    annual_rate: Decimal
    apr: Decimal
    instalment: Money
    net_disbursed: Money
    total_payable: Money
    penal_charges: str
    valid_until: date
    kfs_hash: str
    kfs: KeyFacts
    contract: Contract


@dataclass(frozen=True, slots=True)
class Unmatched:
    """`reason` is one of `UNMATCHED`, which has how it reads."""

    partner_id: str
    lender: str
    reason: str


# What a lender that was asked said: its price, or in a word why there is none.
Answers = Mapping[str, Price | str]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a board was made from, beside the application, its decision and the market's pack: the same make it again.

    `partners` has the SHA-256 of each partner's data as canonical JSON, `full` who had no room for the amount.
    """

    partners: Mapping[str, str]
    answers: Answers
    full: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All offers, best first, and every lender of the market that made none."""

    ranking: Matching
    offers: tuple[Offer, ...]
    unmatched: tuple[Unmatched, ...]
    inputs: Inputs


def asks(market: Market, wanted: Wanted, partners: Iterable[Partner], full: Collection[str] = ()) -> list[Ask]:
    """The questions to those partners that price each case, have a product that fits, and room for the amount."""
    fitting = [
        (partner, tuple(product.product_id for product in partner.products if not _misfit(partner, product, wanted)))
        for partner in partners
        if partner.pricing == "request" and partner.partner_id not in full
    ]
    return [
        Ask(
            application_id=wanted.application_id,
            partner_id=partner.partner_id,
            market=market.code,
            amount=wanted.amount,
            tenor_months=wanted.tenor_months,
            grade=wanted.grade,
            product_ids=product_ids,
        )
        for partner, product_ids in fitting
        if product_ids
    ]


def judged(market: Market, wanted: Wanted, partners: Iterable[Partner], answers: Answers) -> dict[str, Price | str]:
    """The answers, those that make no sense replaced by a word that says why: not for a product that was asked for, or
    at a rate that the market or the product does not know."""
    products = {
        (partner.partner_id, product.product_id): product
        for partner in partners
        for product in partner.products
        if not _misfit(partner, product, wanted)
    }

    def sense(partner_id: str, answer: Price | str) -> Price | str:
        if isinstance(answer, str):
            return answer
        product = products.get((partner_id, answer.product_id))
        if product is None:
            return "other_product"
        lawful = market.annual_rate[0] <= answer.annual_rate <= product.annual_rate[wanted.grade]
        return answer if lawful else "rate_out_of_range"

    return {partner_id: sense(partner_id, answer) for partner_id, answer in answers.items()}


def board(
    market: Market, wanted: Wanted, partners: Iterable[Partner], answers: Answers, full: Collection[str] = ()
) -> Board:
    """Every partner ends up on one of the two lists; their order, and what they pay us, have no say in it."""
    partners = sorted(partners, key=lambda partner: partner.partner_id)
    answers = judged(market, wanted, partners, answers)
    offers: list[Offer] = []
    unmatched: list[Unmatched] = []
    for partner in partners:
        found = [_offered(market, wanted, partner, product, answers, full) for product in partner.products]
        made = [result for result in found if isinstance(result, Offer)]
        if not made:
            reasons = [result for result in found if isinstance(result, str)] or ["not_lending"]
            reason = max(reasons, key=list(UNMATCHED).index)
            unmatched.append(Unmatched(partner.partner_id, partner.name, reason))
        offers += made
    known = {partner.partner_id: fingerprint(partner) for partner in partners}
    return Board(market.matching, ranked(offers), tuple(unmatched), Inputs(known, answers, tuple(sorted(full))))


def is_lent(market: Market, wanted: Wanted, partners: Iterable[Partner]) -> bool:
    """Whether some lender has a product for it at the rate that the product states; nobody is asked for a price."""
    return any(
        not _misfit(partner, product, wanted)
        and market.grades[wanted.grade].allows(product.annual_rate[wanted.grade])
        and isinstance(_cost(market, wanted, product, product.annual_rate[wanted.grade]), Cost)
        for partner in partners
        for product in partner.products
    )


def ranked(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """By yearly cost, the disclosed metric. Those that cost the same lie in an order that nobody chose: it is the same
    for like borrowers, and favours no lender, since the amount and the time asked for have their say in it."""
    return tuple(sorted(offers, key=lambda offer: (offer.apr, _lot(offer))))


def _lot(offer: Offer) -> str:
    named = (offer.partner_id, offer.product_id, str(offer.amount.minor), str(offer.tenor_months))
    return hashlib.sha256("/".join(named).encode()).hexdigest()


def _misfit(partner: Partner, product: Product, wanted: Wanted) -> str | None:
    """Why the product is not for this application, before any price; None when it is."""
    if partner.status_on(wanted.on) != "live":
        return "not_lending"
    if wanted.amount.minor not in product.amount_minor:
        return "amount_out_of_range"
    if wanted.tenor_months not in product.tenor_months:
        return "tenor_out_of_range"
    return None if wanted.grade in product.annual_rate else "grade_not_accepted"


def _offered(
    market: Market,
    wanted: Wanted,
    partner: Partner,
    product: Product,
    answers: Answers,
    full: Collection[str],
) -> Offer | str:
    """The offer, or why there is none."""
    if misfit := _misfit(partner, product, wanted):
        return misfit
    if partner.partner_id in full:
        return "no_capacity"
    annual_rate = _annual_rate(partner, product, wanted.grade, answers)
    if annual_rate is None:
        return "no_answer"
    if not market.grades[wanted.grade].allows(annual_rate):
        return "rate_above_grade"
    made = _cost(market, wanted, product, annual_rate)
    return made if isinstance(made, str) else _offer(market, wanted, partner, product, made)


def _cost(market: Market, wanted: Wanted, product: Product, annual_rate: Decimal) -> Cost | str:
    """What the loan costs, or why it costs too much."""
    principal = wanted.amount if wanted.purchase is None else market.with_fees(product.fees, wanted.amount)
    if wanted.most is not None and principal > wanted.most:
        return "beyond_limit"
    if principal.minor not in product.amount_minor:
        return "amount_out_of_range"
    made = cost(market, principal, annual_rate, wanted.tenor_months, product.fees, wanted.on, product.terms)
    if market.all_in_cap is not None and shown(made.apr) > market.all_in_cap:
        return "cost_above_cap"
    return "instalment_unaffordable" if made.instalment > wanted.instalment_limit else made


def _annual_rate(partner: Partner, product: Product, grade: str, answers: Answers) -> Decimal | None:
    """A partner that is asked may go below the rate that its product states for the grade, and not above it."""
    if partner.pricing == "rule":
        return product.annual_rate[grade]
    answer = answers.get(partner.partner_id)
    if not isinstance(answer, Price) or answer.product_id != product.product_id:
        return None
    return answer.annual_rate


def _offer(market: Market, wanted: Wanted, partner: Partner, product: Product, made: Cost) -> Offer:
    offer_id = _offer_id(wanted.application_id, partner.partner_id, product.product_id)
    facts = key_facts(
        f"KFS-{offer_id}",
        market,
        partner,
        product,
        made,
        issued_at=wanted.at,
        issued_on=wanted.on,
        purchase=wanted.purchase,
        language=wanted.language,
    )
    return Offer(
        offer_id=offer_id,
        application_id=wanted.application_id,
        partner_id=partner.partner_id,
        lender=partner.name,
        product_id=product.product_id,
        amount=made.terms.principal,
        tenor_months=wanted.tenor_months,
        annual_rate=made.terms.annual_rate,
        apr=shown(made.apr),
        instalment=made.instalment,
        net_disbursed=made.net_disbursed,
        total_payable=made.total_payable,
        penal_charges=facts.part_1.contingent_charges.penal_charges,
        valid_until=facts.valid_until,
        kfs_hash=fingerprint(facts),
        kfs=facts,
        contract=_contract(market, partner, product, made, wanted.purchase),
    )


def _contract(market: Market, partner: Partner, product: Product, made: Cost, purchase: Purchase | None) -> Contract:
    return Contract(
        market=market.code,
        pack_version=market.pack_version,
        time_zone=market.time_zone,
        partner_id=partner.partner_id,
        product_id=product.product_id,
        settlement_account=partner.settlement_account,
        payee_vpa=partner.payee_vpa,
        terms=made.terms,
        instalment=made.instalment,
        fees=made.fees,
        waterfall=product.waterfall or market.waterfall,
        prepayment=product.prepayment,
        prepayment_choices=product.prepayment_choices,
        cooling_off_days=market.cooling_off_days,
        cooling_off_keeps_fees=market.cooling_off_keeps_fees,
        foreclosure_rate=product.foreclosure_rate,
        foreclosure_tax_rate=market.fee_tax_rate,
        penal=(product.penal or market.penal).pinned(made.terms.annual_rate),
        buckets=market.buckets,
        purchase=purchase,
        sanction_days=market.sanction_days,
    )


def _offer_id(*named: str) -> str:
    """Follows from what it offers, so that deciding again makes the same offer."""
    return f"off_{hashlib.sha256('/'.join(named).encode()).hexdigest()[:26]}"
