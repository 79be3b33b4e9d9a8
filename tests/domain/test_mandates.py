"""Mandates: what limits they have, what becomes of them, and what may be debited by them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain import mandates
from shared.domain.errors import Refused
from shared.domain.mandates import MOVES, Mandate, MandateRules
from shared.domain.money import Money
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees

RULES = MandateRules(scheme="upi", most_minor=1_500_000, link_days=7, days_after_last_due=90)


def given(limit: str = "2000", currency: str = "INR", rules: MandateRules = RULES, **more: Any) -> Mandate:
    life, amount = Life(contract()), Money(rupees(limit).minor, currency)
    known = {"now": None, "mandate_id": "mnd_1", "limit": amount, "on": LENT_ON, "at": AT} | more
    return mandates.created(life.loan, life.contract, rules, **known)


def refused(*args: Any, **more: Any) -> str:
    with pytest.raises(Refused) as refusal:
        given(*args, **more)
    return refusal.value.code


def test_a_mandate_is_for_the_life_of_the_loan_and_a_while_longer() -> None:
    mandate = given()

    assert (mandate.valid_from, mandate.valid_until) == (LENT_ON, date(2028, 1, 31) + timedelta(days=90))
    assert mandate.link == (
        "upi://mandate?pa=lender@upi&am=2000.00&amrule=MAX&cu=INR"
        "&recur=MONTHLY&validitystart=31012026&validityend=30042028&rev=Y&tr=mnd_1"
    )


@pytest.mark.parametrize(
    ("limit", "code"), [("969.72", "mandate_beyond_limits"), ("15000.01", "mandate_beyond_limits")]
)
def test_its_limit_covers_the_instalment_and_is_no_more_than_the_rules_allow(limit: str, code: str) -> None:
    assert refused(limit) == code
    assert given("969.73").state == given("15000").state == "created"


def test_one_that_is_signed_on_a_page_has_no_link_of_ours_and_waits_for_it_while_it_may() -> None:
    mandate = given(rules=replace(RULES, scheme="page"))

    assert mandate.link is None
    assert mandates.awaits_page(mandate, mandate.link_until)
    assert not mandates.awaits_page(mandate, mandate.link_until + timedelta(days=1))
    assert not mandates.awaits_page(replace(mandate, state="active"), LENT_ON)
    assert not mandates.awaits_page(given(), LENT_ON)


def test_a_limit_of_nothing_allows_no_mandate() -> None:
    assert refused(rules=replace(RULES, most_minor=0)) == "mandate_beyond_limits"


def test_its_currency_is_the_loans() -> None:
    assert refused(currency="CNY") == "currency_mismatch"


def test_a_loan_has_one_open_mandate() -> None:
    first = given()

    assert refused(now=first) == "mandate_open"
    assert given(now=replace(first, state="revoked")).state == "created"
    assert given(now=first, on=first.link_until + timedelta(days=1)).state == "created"


@pytest.mark.parametrize("state", MOVES)
def test_news_moves_a_mandate_only_forward(state: str) -> None:
    mandate = replace(given(), state=state)
    found = {to for to in MOVES if mandates.told(mandate, to) is not None}

    assert found == set(MOVES[state])


def test_what_the_borrower_took_back_no_news_revives() -> None:
    taken_back = mandates.revoked(replace(given(), state="active"), LENT_ON)

    assert taken_back.state == "revoked" and mandates.told(taken_back, "active") is None
    assert mandates.revoked(taken_back, LENT_ON) == taken_back


def test_a_mandate_expires_after_its_last_day_and_a_link_that_nobody_used() -> None:
    mandate, active = given(), replace(given(), state="active")

    assert mandates.standing(mandate, mandate.link_until) == "created"
    assert mandates.standing(mandate, mandate.link_until + timedelta(days=1)) == "expired"
    assert mandates.standing(active, active.valid_until) == "active"
    assert mandates.standing(active, active.valid_until + timedelta(days=1)) == "expired"


def test_only_an_active_mandate_debits_and_at_most_its_limit() -> None:
    active = replace(given(), state="active")

    assert mandates.may_debit(active, rupees("2000"), LENT_ON)
    assert not mandates.may_debit(active, rupees("2000.01"), LENT_ON)
    assert not mandates.may_debit(active, rupees("1"), LENT_ON - timedelta(days=1))
    assert not mandates.may_debit(active, rupees("1"), active.valid_until + timedelta(days=1))
    for state in set(MOVES) - {"active"}:
        assert not mandates.may_debit(replace(active, state=state), rupees("1"), LENT_ON)
