"""Lenders made up for the simulation, each with another choice of what its market leaves open, and their contracts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from random import Random
from types import MappingProxyType
from typing import Any

from shared.domain.contract import Contract
from shared.domain.fees import FeeRule
from shared.domain.market import Market, Range
from shared.domain.money import Money
from shared.domain.offers import Price, Wanted, board
from shared.domain.partners import Partner, Standing, check
from shared.domain.products import Product
from shared.markets import market

GRADES = ("A", "B", "C")
PROCESSING = FeeRule("processing", "lender", Decimal("0.18"), share=Decimal("0.02"))
NO_CHOICE: Mapping[str, Any] = MappingProxyType({})


@cache
def lenders(code: str, on: date) -> tuple[Partner, ...]:
    """Those of a market; its pack allows each of their products on that day."""
    rules = market(code, on)
    products = _in_india(rules) if code == "in" else _in_china(rules)
    made = tuple(_partner(code, rules, number, product) for number, product in enumerate(products, start=1))
    for partner in made:
        check(partner, rules)
    return made


def deal(code: str, on: date, chance: Random) -> tuple[Contract, str, str]:
    """The contract of a binding offer for somebody's wish, the offer's id, and the borrower's grade."""
    rules = market(code, on)
    lender = chance.choice(lenders(code, on))
    product = lender.products[0]
    tenors = [tenor for tenor in (3, 4, 6, 6, 9, 12) if tenor in product.tenor_months]
    wanted = Wanted(
        application_id=f"app_{chance.getrandbits(64):016X}",
        amount=Money(chance.randrange(product.amount_minor.least, product.amount_minor.most, 100), rules.currency),
        tenor_months=chance.choice(tenors),
        grade=chance.choice(GRADES),
        instalment_limit=Money(10**9, rules.currency),
        at=datetime(on.year, on.month, on.day, 6, tzinfo=UTC),
        on=on,
    )
    prices = dict[str, Price]()
    (offer,) = board(rules, wanted, [lender], prices).offers
    # All loans are sanctioned on the first day, and asked for in the course of months.
    return replace(offer.contract, sanction_days=None), offer.offer_id, wanted.grade


def _in_india(rules: Market) -> tuple[Product, ...]:
    few = {"amount_minor": Range(500_000, 3_000_000), "tenor_months": Range(3, 12)}
    milder = replace(rules.penal, annual_rate=Decimal("0.12"), grace_days=5, cap_share=Decimal("0.01"))
    return (
        _product("plain", few, fees=(PROCESSING,)),
        _product("by_the_day", few, {"period": "daily", "day_count": "actual/365"}),
        _product("fifth", few, {"due_day": 5, "first_due_after_days": 20}, fees=(PROCESSING,)),
        _product("dear_to_close", few, foreclosure_rate=Decimal("0.04")),
        _product("smaller", few, prepayment="smaller_instalment"),
        _product("whole_rupees", few, {"instalment_multiple_minor": 100, "instalment_rounding": "ROUND_DOWN"}),
        _product("months_end", few, {"month_end": "stays_last", "interest_on_overdue": False}, penal=milder),
        _product(
            "daily_twelfth",
            few,
            {"due_day": 12, "first_due_after_days": 15, "period": "daily", "day_count": "actual/365"},
            prepayment="smaller_instalment",
        ),
    )


def _in_china(rules: Market) -> tuple[Product, ...]:
    few = {"amount_minor": Range(50_000, 2_000_000), "tenor_months": Range(3, 12)}
    rate = {grade: Decimal(rate) for grade, rate in zip(GRADES, ("0.12", "0.15", "0.18"), strict=True)}
    milder = replace(rules.penal, multiplier=Decimal("1.3"), grace_days=3)
    return (
        _product("plain_cn", few, annual_rate=rate),
        _product("by_the_day_cn", few, {"period": "daily", "day_count": "actual/360"}, annual_rate=rate),
        _product("fifteenth_cn", few, {"due_day": 15, "first_due_after_days": 20}, annual_rate=rate),
        _product("smaller_cn", few, annual_rate=rate, prepayment="smaller_instalment"),
        _product("milder_cn", few, {"period": "daily", "day_count": "actual/365"}, annual_rate=rate, penal=milder),
    )


def _product(name: str, ranges: Mapping[str, Range], terms: Mapping[str, Any] = NO_CHOICE, **choices: Any) -> Product:
    rates = {grade: Decimal(rate) for grade, rate in zip(GRADES, ("0.18", "0.24", "0.28"), strict=True)}
    return Product(**{"product_id": name, "annual_rate": rates, "terms": terms, **ranges, **choices})


def _partner(code: str, rules: Market, number: int, product: Product) -> Partner:
    return Partner(
        partner_id=f"simulated_{code}_{number}",
        name=f"Simulated lender {number} (sandbox)",
        market=code,
        kind_of_lender="nbfc" if code == "in" else "microloan_company",
        settlement_account=f"simulated-{code}-{number}",
        payee_vpa=f"simulated{number}@sandbox",
        grievance_officer=rules.grievance_officer,
        contact=rules.grievance_officer,
        standings=(Standing("live", date(2020, 1, 1)),),
        pricing="rule",
        capital_minor=10**12,
        daily_minor=10**12,
        loss_share=Decimal(1),
        products=(product,),
    )
