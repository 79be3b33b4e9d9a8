"""The packs: every rule is dated and sourced, and an unlawful product is refused by name of the rule."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.allocation import Waterfall
from shared.domain.cost import cost, shown
from shared.domain.errors import NotFound, Refused
from shared.domain.fees import FeeRule
from shared.domain.kfs_words import WORDS
from shared.domain.letters import NO_DUES
from shared.domain.market import Range
from shared.domain.money import Money
from shared.domain.partners import Partner, check
from shared.domain.products import GRADES, Product, ProductForbidden
from shared.markets import CODES, _typed, in_force, market, market_at
from tests.sandbox import PARTNERS

TODAY = date(2026, 11, 22)
LAWFUL = ("interest", "principal", "fee", "penalty")
PENAL = market("in", TODAY).penal


def with_product(partner: Partner, **changes: Any) -> Partner:
    return replace(partner, products=(replace(partner.products[0], **changes),))


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_a_source_and_is_in_force_on_its_first_day(code: str) -> None:
    for rule in market(code, TODAY).rules:
        assert rule.id.startswith(f"{code}.") and rule.source, rule
        assert rule.since <= TODAY and (rule.until is None or rule.until >= rule.since), rule


def test_a_market_without_a_pack_is_unknown() -> None:
    with pytest.raises(NotFound) as refusal:
        market("xx", TODAY)

    assert refusal.value.code == "market_unknown"


@pytest.mark.parametrize("day", [TODAY, date(2028, 1, 1)])
@pytest.mark.parametrize("code", CODES)
def test_a_better_grade_opens_more_and_never_at_a_higher_rate(code: str, day: date) -> None:
    here = market(code, day)
    terms = list(here.grades.values())

    assert tuple(here.grades) == GRADES
    assert [each.most_minor for each in terms] == sorted((each.most_minor for each in terms), reverse=True)
    assert [each.annual_rate[1] for each in terms] == sorted(each.annual_rate[1] for each in terms)
    for each in terms:
        assert each.most_minor in here.amount_minor
        assert here.annual_rate[0] <= each.annual_rate[0] < each.annual_rate[1] <= here.annual_rate[1]


def test_the_chinese_cap_changes_on_its_day() -> None:
    assert market("cn", date(2027, 12, 31)).all_in_cap == Decimal("0.24")
    assert market("cn", date(2028, 1, 1)).all_in_cap == Decimal("0.12")


def test_the_market_is_that_of_its_own_day() -> None:
    last_evening_in_london = datetime(2027, 12, 31, 16, 30, tzinfo=UTC)

    assert market_at("cn", last_evening_in_london).all_in_cap == Decimal("0.12")


def test_two_rules_of_one_id_are_never_in_force_together() -> None:
    rule = {"id": "in.x", "from": "2026-01-01", "to": None, "value": 1, "source": "s"}

    with pytest.raises(AssertionError):
        in_force([rule, rule], TODAY)


@pytest.mark.parametrize("day", [TODAY, date(2028, 1, 1)])
@pytest.mark.parametrize("code", CODES)
def test_the_reference_product_is_itself_lawful(code: str, day: date) -> None:
    here = market(code, day)
    whole = Product("reference", here.amount_minor, here.tenor_months, {"A": here.reference.annual_rate})
    lender = replace(PARTNERS["sahyadri"], market=code, guarantee=None)

    check(replace(lender, products=(replace(whole, fees=here.reference.fees),)), here)


@pytest.mark.parametrize(
    "changes",
    [{"cap_share": Decimal("0.0501")}, {"trigger_days": 121}, {"form": "a letter"}, {"cap_share": Decimal(0)}],
)
def test_a_guarantee_beyond_the_law_is_refused(changes: dict[str, Any]) -> None:
    assert PARTNERS["sahyadri"].guarantee is not None
    lender = replace(PARTNERS["sahyadri"], guarantee=replace(PARTNERS["sahyadri"].guarantee, **changes))

    with pytest.raises(ProductForbidden) as refusal:
        check(lender, market("in", TODAY))
    assert refusal.value.rule == "in.guarantee"


def test_where_no_rule_allows_a_guarantee_there_is_none() -> None:
    lender = replace(PARTNERS["songshan"], guarantee=PARTNERS["sahyadri"].guarantee)

    with pytest.raises(ProductForbidden) as refusal:
        check(lender, market("cn", TODAY))
    assert refusal.value.rule == "cn.guarantee"


@pytest.mark.parametrize("partner_id", PARTNERS)
def test_the_sandbox_partners_are_lawful(partner_id: str) -> None:
    check(PARTNERS[partner_id], market(PARTNERS[partner_id].market, TODAY))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"amount_minor": Range(499_999, 1_000_000)}, "in.amount"),
        ({"amount_minor": Range(500_000, 10_000_001)}, "in.amount"),
        ({"amount_minor": Range(2_000_000, 1_000_000)}, "in.amount"),
        ({"tenor_months": Range(2, 12)}, "in.tenor"),
        ({"annual_rate": {"A": Decimal("0.161")}}, "in.annual_rate"),
        ({"annual_rate": {"A": Decimal("0.361")}}, "in.annual_rate"),
        ({"annual_rate": {"A": Decimal("0.241")}}, "in.grades"),
        ({"foreclosure_rate": Decimal("0.041")}, "in.foreclosure"),
        ({"fees": (FeeRule("surprise", "lender", Decimal("0.18"), flat_minor=1),)}, "in.fees"),
        ({"fees": (FeeRule("processing", "lender", Decimal("0.12"), flat_minor=1),)}, "in.fee_tax"),
        ({"terms": {"method": "flat"}}, "in.product_terms"),
        ({"terms": {"recalculation": "none"}}, "in.product_terms"),
        ({"terms": {"due_day": 31}}, "in.product_terms"),
        ({"terms": {"rounding": "ROUND_UP"}}, "in.product_terms"),
        ({"waterfall": Waterfall(("interest", "principal", "fee"), LAWFUL)}, "in.waterfall"),
        ({"waterfall": Waterfall(LAWFUL, ("penalty", "interest", "principal", "fee"))}, "in.settles_before"),
        ({"penal": replace(PENAL, annual_rate=Decimal("0.25"))}, "in.penal"),
        ({"penal": replace(PENAL, grace_days=2)}, "in.penal"),
        ({"penal": replace(PENAL, grace="defers")}, "in.penal"),
        ({"penal": replace(PENAL, cap_share=None)}, "in.penal"),
        ({"penal": replace(PENAL, kind="rate")}, "in.penal"),
        ({"plans": replace(market("in", TODAY).plans, most_per_loan=3)}, "in.plans"),
    ],
)
def test_a_product_that_the_market_forbids_is_refused_by_the_rules_name(changes: Any, rule: str) -> None:
    with pytest.raises(ProductForbidden) as refusal:
        check(with_product(PARTNERS["sahyadri"], **changes), market("in", TODAY))

    assert refusal.value.rule == rule


@pytest.mark.parametrize(
    "changes",
    [
        {"terms": {"period": "daily", "day_count": "actual/365", "interest_on_overdue": False, "due_day": 5}},
        {"waterfall": Waterfall(("principal", "interest", "fee", "penalty"), LAWFUL, ("principal",), is_vertical=True)},
        {"penal": replace(PENAL, annual_rate=Decimal("0.12"), grace_days=7, cap_share=Decimal(0))},
        {"plans": replace(market("in", TODAY).plans, most_per_loan=0)},
    ],
)
def test_a_product_may_choose_among_what_the_market_leaves_open(changes: Any) -> None:
    check(with_product(PARTNERS["sahyadri"], **changes), market("in", TODAY))


@pytest.mark.parametrize("code", CODES)
def test_the_markets_own_waterfall_settles_everything_in_a_lawful_order(code: str) -> None:
    here = market(code, TODAY)
    lender = next(partner for partner in PARTNERS.values() if partner.market == code)

    check(with_product(lender, waterfall=here.waterfall), here)


@pytest.mark.parametrize("code", CODES)
def test_the_markets_own_terms_are_among_those_that_a_product_may_choose(code: str) -> None:
    here = market(code, TODAY)
    for name, choices in here.latitude.items():
        own = getattr(here.interest, name)
        assert own in choices or own in (None, 0, 1, "daily"), (name, own)
    assert here.penal.is_milder_or_equal(here.penal)


def test_fees_that_lift_the_whole_cost_over_the_cap_are_refused_though_the_rate_is_low() -> None:
    dear = with_product(
        PARTNERS["songshan"],
        annual_rate={"A": Decimal("0.18")},
        fees=(FeeRule("service", "lender", Decimal(0), share=Decimal("0.02")),),
    )

    with pytest.raises(ProductForbidden) as refusal:
        check(dear, market("cn", TODAY))

    assert refusal.value.rule == "cn.all_in_cap"


def test_a_product_may_cost_exactly_the_cap() -> None:
    check(
        with_product(PARTNERS["songshan"], annual_rate={"D": Decimal("0.24")}, fees=()),
        market("cn", TODAY),
    )


@given(st.integers(50_000, 3_000_000), st.integers(3, 36))
def test_a_lawful_product_stays_within_the_cap_at_every_amount_and_tenor(minor: int, tenor_months: int) -> None:
    here, reference = market("cn", TODAY), market("cn", TODAY).reference
    made = cost(here, here.money(minor), reference.annual_rate, tenor_months, reference.fees)

    assert here.all_in_cap is not None and shown(made.apr) <= here.all_in_cap


@pytest.mark.parametrize("code", CODES)
def test_every_rule_of_a_pack_is_one_that_the_loader_reads(code: str) -> None:
    class Noted(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            read.add(name)
            return super().__getitem__(name)

    read: set[str] = set()
    names = {rule.id.removeprefix(f"{code}."): rule.value for rule in market(code, TODAY).rules}
    _typed(Noted(names))

    assert read == names.keys()


def test_what_was_lawful_this_year_is_refused_under_a_later_cap() -> None:
    with pytest.raises(ProductForbidden):
        check(PARTNERS["songshan"], market("cn", date(2028, 1, 1)))


def test_the_regulators_illustration_comes_out() -> None:
    """RBI/2024-25/18, Key Facts Statement, Annex B: 20,000 at 15 % over 24 months with 400 of fees."""
    fee = FeeRule("processing", "lender", Decimal(0), flat_minor=40_000)
    made = cost(market("in", TODAY), Money(2_000_000, "INR"), Decimal("0.15"), 24, (fee,))

    assert made.instalment == Money(96_973, "INR")
    assert made.net_disbursed == Money(1_960_000, "INR")
    assert shown(made.apr) == Decimal("0.1707")


def test_a_fee_and_its_tax_are_rounded_apart() -> None:
    fee = FeeRule("processing", "lender", Decimal("0.18"), share=Decimal("0.02")).charge(
        Money(500_025, "INR"), "ROUND_HALF_UP"
    )

    # 2 % is 10,000.5 paise; 18 % of 10,001 is 1,800.18.
    assert (fee.amount.minor, fee.tax.minor, fee.gross.minor) == (10_001, 1_800, 11_801)


def test_a_statement_is_valid_over_a_weekend_and_a_holiday_for_three_working_days() -> None:
    # Thursday 1 October; the 2nd is Gandhi Jayanti, then a weekend.
    assert market("in", TODAY).kfs_valid_until(date(2026, 10, 1)) == date(2026, 10, 7)


@pytest.mark.parametrize(
    ("amount", "tenor_months", "code"),
    [
        (Money(50_000, "CNY"), 3, "currency_mismatch"),
        (Money(499_999, "INR"), 3, "amount_out_of_range"),
        (Money(500_000, "INR"), 37, "tenor_out_of_range"),
    ],
)
def test_a_market_refuses_what_it_does_not_serve(amount: Money, tenor_months: int, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        market("in", TODAY).require_served(amount, tenor_months)

    assert refusal.value.code == code


@pytest.mark.parametrize("code", CODES)
def test_what_is_signed_and_what_ends_a_loan_are_written_in_every_language_of_the_market(code: str) -> None:
    here = market(code, TODAY)

    assert set(here.languages) == set(here.recovery_agents) <= WORDS.keys() & NO_DUES.keys()
