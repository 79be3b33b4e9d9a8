"""Offers: every lender of the market on one of two lists, in an order that only cost decides."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.offers import UNMATCHED, Board, Offer, Price, Wanted, asks, board
from shared.domain.partners import Partner, Standing
from shared.domain.products import GRADES
from tests.sandbox import AT, CHINA, INDIA, PARTNERS, TODAY, partners_of, rupees

KAVERI = {"kaveri": Price("kaveri_personal", Decimal("0.17"))}


def wanted(amount: int = 20_000, **changes: Any) -> Wanted:
    known: dict[str, Any] = {"tenor_months": 12, "grade": "A", "instalment_limit": rupees(15_000)}
    return Wanted(application_id="app_1", amount=rupees(amount), at=AT, on=TODAY, **known | changes)


def made(prices: Any = KAVERI, partners: Any = None, **changes: Any) -> Board:
    return board(INDIA, wanted(**changes), partners or partners_of(INDIA), prices)


def reasons(found: Board) -> dict[str, str]:
    return {each.partner_id: each.reason for each in found.unmatched}


def changed(partner_id: str, **changes: Any) -> Partner:
    partner = PARTNERS[partner_id]
    return replace(partner, products=(replace(partner.products[0], **changes),))


def with_rate(partner: Partner, **asked: str) -> Partner:
    """The partner's first product alone, at those rates."""
    rates = {grade: Decimal(rate) for grade, rate in asked.items()}
    return replace(partner, products=(replace(partner.products[0], annual_rate=rates),))


def test_every_lender_of_the_market_is_named_once() -> None:
    found = made()

    assert [offer.partner_id for offer in found.offers] == ["kaveri", "sahyadri", "tapti"]
    assert reasons(found) == {
        "aravalli": "not_lending",
        "himadri": "amount_out_of_range",
        "nilgiri": "amount_out_of_range",
        "vindhya": "amount_out_of_range",
    }


def test_the_cheapest_is_first() -> None:
    costs = [offer.apr for offer in made().offers]

    assert costs == sorted(costs)


@given(st.permutations(partners_of(INDIA)))
def test_the_order_of_lenders_changes_nothing(partners: list[Partner]) -> None:
    assert made(partners=partners) == made()


amounts = st.integers(10**10, 10**14)


@given(
    st.sampled_from(["kaveri", "sahyadri", "tapti"]),
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.text(max_size=20),
            "settlement_account": st.text(max_size=20),
            "payee_vpa": st.text(max_size=20),
            "loss_share": st.decimals(0, 1),
            "capital_minor": amounts,
            "daily_minor": amounts,
            "webhook_url": st.text(max_size=20),
        },
    ),
)
def test_nothing_that_a_lender_pays_bears_or_calls_itself_changes_the_order(who: str, changes: Any) -> None:
    partners = [replace(one, **changes) if one.partner_id == who else one for one in partners_of(INDIA)]
    found = made(partners=partners)

    assert [offer.offer_id for offer in found.offers] == [offer.offer_id for offer in made().offers]
    assert reasons(found) == reasons(made())


@given(st.integers(5_000, 100_000), st.integers(3, 36), st.sampled_from(GRADES), st.decimals("0.16", "0.31", places=4))
def test_the_order_is_that_of_the_disclosed_metric_and_of_nothing_else(
    amount: int, months: int, grade: str, rate: Decimal
) -> None:
    prices = {"kaveri": Price("kaveri_personal", rate), "nilgiri": Price("nilgiri_plus", rate)}
    found = made(prices, amount=amount, tenor_months=months, grade=grade)
    metric = [getattr(offer, found.ranking.metric) for offer in found.offers]

    assert metric == sorted(metric)
    assert len(found.unmatched) + len({offer.partner_id for offer in found.offers}) == len(partners_of(INDIA))


@given(st.integers(5_000, 100_000), st.integers(3, 36), st.sampled_from(GRADES), st.text(min_size=1, max_size=30))
def test_identical_borrowers_get_identical_boards(amount: int, months: int, grade: str, another: str) -> None:
    asked: dict[str, Any] = {"amount": amount, "tenor_months": months, "grade": grade}
    first, second = (
        board(INDIA, replace(wanted(**asked), application_id=name), partners_of(INDIA), KAVERI)
        for name in ("app_1", another)
    )

    assert first.unmatched == second.unmatched
    assert [*map(shown, first.offers)] == [*map(shown, second.offers)]


def test_offers_that_cost_the_same_lie_alike_for_all_and_no_lender_is_always_first() -> None:
    twins = [replace(PARTNERS["sahyadri"], partner_id=name) for name in ("first", "second", "third")]
    boards = {
        (amount, name): [
            offer.partner_id for offer in board(INDIA, replace(wanted(amount), application_id=name), twins, {}).offers
        ]
        for amount in range(10_000, 20_000, 500)
        for name in ("app_1", "app_2")
    }

    assert all(boards[amount, "app_1"] == boards[amount, "app_2"] for amount, _ in boards)
    assert {found[0] for found in boards.values()} == {"first", "second", "third"}


def shown(offer: Offer) -> tuple[Any, ...]:
    """All that a borrower compares."""
    return offer.partner_id, offer.product_id, offer.apr, offer.annual_rate, offer.instalment.minor, offer.penal_charges


def test_a_board_is_made_again_from_the_inputs_that_were_kept() -> None:
    found = board(INDIA, wanted(), partners_of(INDIA), {**KAVERI, "vindhya": "late"}, {"sahyadri"})
    kept = found.inputs

    assert board(INDIA, wanted(), partners_of(INDIA), kept.answers, kept.full) == found
    assert kept.full == ("sahyadri",) and kept.answers["kaveri"] == KAVERI["kaveri"]
    assert kept.partners.keys() == {partner.partner_id for partner in partners_of(INDIA)}


def test_a_partner_whose_data_change_has_another_mark_in_the_inputs() -> None:
    was, now = made().inputs.partners, made(partners=[changed("kaveri", foreclosure_rate=Decimal("0.01"))]).inputs

    assert was["kaveri"] != now.partners["kaveri"]


def test_a_lender_without_room_for_the_amount_is_not_asked_and_makes_no_offer() -> None:
    found = board(INDIA, wanted(), partners_of(INDIA), KAVERI, {"kaveri"})

    assert reasons(found)["kaveri"] == "no_capacity"
    assert asks(INDIA, wanted(), partners_of(INDIA), {"kaveri"}) == []


@pytest.mark.parametrize(
    ("price", "word"),
    [
        (Price("kaveri_personal", Decimal("-0.05")), "rate_out_of_range"),
        (Price("kaveri_personal", Decimal("0.16")), "rate_out_of_range"),
        (Price("kaveri_personal", Decimal("0.1801")), "rate_out_of_range"),
        (Price("tapti_instant", Decimal("0.17")), "other_product"),
        ("late", "late"),
    ],
)
def test_what_was_wrong_with_an_answer_is_kept_in_a_word(price: Price | str, word: str) -> None:
    assert made({"kaveri": price}).inputs.answers == {"kaveri": word}


def test_like_borrowers_get_like_lists() -> None:
    first, second = made(), board(INDIA, replace(wanted(), application_id="app_2"), partners_of(INDIA), KAVERI)

    assert [(offer.partner_id, offer.apr) for offer in first.offers] == [
        (offer.partner_id, offer.apr) for offer in second.offers
    ]


def test_deciding_twice_makes_the_same_offers() -> None:
    assert made() == made()


@pytest.mark.parametrize(
    ("partner", "changes", "reason"),
    [
        (replace(PARTNERS["sahyadri"], standings=(Standing("paused", TODAY),)), {}, "not_lending"),
        (replace(PARTNERS["sahyadri"], products=()), {}, "not_lending"),
        (PARTNERS["sahyadri"], {"amount": 60_000}, "amount_out_of_range"),
        (PARTNERS["sahyadri"], {"tenor_months": 36}, "tenor_out_of_range"),
        (PARTNERS["sahyadri"], {"grade": "E"}, "grade_not_accepted"),
        (PARTNERS["sahyadri"], {"instalment_limit": rupees(1_000)}, "instalment_unaffordable"),
        (with_rate(PARTNERS["sahyadri"], A="0.241"), {}, "rate_above_grade"),
        (PARTNERS["kaveri"], {"prices": {}}, "no_answer"),
        (PARTNERS["kaveri"], {"prices": {"kaveri": Price("another", Decimal("0.17"))}}, "no_answer"),
        (PARTNERS["kaveri"], {"prices": {"kaveri": Price("kaveri_personal", Decimal("0.181"))}}, "no_answer"),
        (PARTNERS["kaveri"], {"prices": {"kaveri": Price("kaveri_personal", Decimal("-0.05"))}}, "no_answer"),
    ],
)
def test_a_lender_without_an_offer_is_named_with_the_reason(partner: Partner, changes: Any, reason: str) -> None:
    found = made(partners=[partner], **changes)

    assert found.offers == ()
    assert reasons(found) == {partner.partner_id: reason}
    assert found.unmatched[0].reason in UNMATCHED


def test_of_several_products_that_do_not_fit_the_one_that_came_furthest_says_why() -> None:
    small = replace(PARTNERS["himadri"].products[0], product_id="himadri_small")
    small = replace(small, amount_minor=PARTNERS["sahyadri"].products[0].amount_minor)
    partner = replace(PARTNERS["himadri"], products=(*PARTNERS["himadri"].products, small))

    assert reasons(made(partners=[partner], grade="C")) == {"himadri": "grade_not_accepted"}


def test_an_offer_above_the_cap_of_its_day_is_not_made() -> None:
    from_before = replace(CHINA, all_in_cap=Decimal("0.11"))
    asked = replace(wanted(), amount=CHINA.money(1_000_000), instalment_limit=CHINA.money(1_000_000))
    found = board(from_before, asked, [PARTNERS["songshan"]], {})

    assert reasons(found) == {"songshan": "cost_above_cap"}


def test_only_lenders_that_price_each_case_and_have_a_product_that_fits_are_asked() -> None:
    (ask,) = asks(INDIA, wanted(), partners_of(INDIA))

    assert (ask.partner_id, ask.product_ids, ask.grade) == ("kaveri", ("kaveri_personal",), "A")
    assert [ask.partner_id for ask in asks(INDIA, wanted(5_000), partners_of(INDIA))] == ["vindhya"]


def test_an_offer_pins_the_terms_and_rules_of_its_day() -> None:
    offer = made().offers[1]

    assert offer.contract.terms.principal == offer.amount == rupees(20_000)
    assert offer.contract.net_disbursed == offer.net_disbursed == rupees(20_000) - rupees(472)
    assert (offer.contract.pack_version, offer.contract.waterfall) == (INDIA.pack_version, INDIA.waterfall)
    assert offer.contract.payee_vpa == PARTNERS["sahyadri"].payee_vpa


def test_what_default_costs_is_pinned_and_is_what_the_statement_says() -> None:
    offer = made().offers[-1]

    assert offer.contract.penal == INDIA.penal.pinned(offer.annual_rate)
    assert offer.contract.buckets == INDIA.buckets
    assert "24% a year" in offer.penal_charges and "grace of 3 days" in offer.penal_charges
    assert "at most 10%" in offer.penal_charges


def test_a_chinese_penal_rate_is_half_above_the_contracts() -> None:
    offer = board(CHINA, wanted(), [], {})
    assert offer.offers == ()
    for rate in (Decimal("0.12"), Decimal("0.18")):
        assert CHINA.penal.pinned(rate).annual_rate == rate * 3 / 2


def test_a_product_s_own_terms_reach_the_contract_the_schedule_and_the_statement() -> None:
    penal = replace(INDIA.penal, annual_rate=Decimal("0.12"), grace_days=7)
    terms = {"period": "daily", "day_count": "actual/365", "due_day": 5, "first_due_after_days": 15}
    lender = changed("sahyadri", terms=terms, penal=penal)
    (offer,) = made(partners=[lender]).offers

    agreed = offer.contract.terms
    assert (agreed.interest_period, agreed.day_count, agreed.due_day) == ("daily", "actual/365", 5)
    assert {row.due_on.day for row in offer.kfs.schedule} == {5}
    assert "12% a year" in offer.penal_charges and "grace of 7 days" in offer.penal_charges


def test_fees_count_in_the_order_and_not_only_the_rate() -> None:
    cheap_rate_dear_fee = changed("sahyadri", annual_rate={"A": Decimal("0.17")})
    dear_rate_no_fee = replace(changed("kaveri", annual_rate={"A": Decimal("0.19")}, fees=()), pricing="rule")
    found = made(partners=[cheap_rate_dear_fee, dear_rate_no_fee])

    assert [offer.partner_id for offer in found.offers] == ["kaveri", "sahyadri"]
