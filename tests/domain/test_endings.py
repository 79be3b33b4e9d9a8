"""Settlements and write-offs: from when, for how much, by whom, and what becomes of the loan."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain import endings, relief
from shared.domain.endings import EndingRules, WriteOff
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.domain.payoff import foreclosure
from tests.domain.lending import AT, Life, contract, rupees

RULES = EndingRules(60, Decimal("0.40"), 30, 90)
# The due of 28 February is 60 days late on 29 April, 90 on 29 May.
SIXTY, NINETY = date(2026, 4, 29), date(2026, 5, 29)


def late(on: date) -> Life:
    return Life(contract()).until(on)


def offered(life: Life, on: date = SIXTY, rules: EndingRules = RULES, **changes: Any) -> Any:
    known = {"relief_id": "stl_1", "pay": rupees("10000"), "by": on + timedelta(days=10), "on": on}
    return endings.settlement(life.loan, life.contract, rules, **known | changes)


def refusal_of(*args: Any, **more: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refusal:
        offered(*args, **more)
    return refusal.value.code, refusal.value.pointer


def proposed(life: Life, on: date = NINETY, before: WriteOff | None = None) -> WriteOff:
    return endings.proposed(life.loan, RULES, before, market="in", by="stf_ravi", reason="Gone.", on=on, at=AT)


def decided(write_off: WriteOff, state: str = "approved", by: str = "stf_meena") -> WriteOff:
    return endings.decided(write_off, state, by=by, because="Seen.", at=AT)


def test_who_pays_the_settlement_in_time_has_closed_the_loan() -> None:
    life = late(SIXTY)
    grant = offered(life)
    life._take(relief.granted(life.loan, grant, SIXTY, AT))
    life.pay(rupees("10000"), grant.by)
    life.check()

    assert (life.loan.state, life.balance("waivers") > 0) == ("closed", True)


def test_a_settlement_a_day_late_settles_nothing() -> None:
    life = late(SIXTY)
    grant = offered(life)
    life._take(relief.granted(life.loan, grant, SIXTY, AT))
    life.pay(rupees("10000"), grant.by + timedelta(days=1))
    life.check()

    assert (life.loan.state, life.balance("waivers")) == ("active", 0)


def test_a_settlement_is_a_real_part_of_the_debt_and_less_than_all() -> None:
    life = late(SIXTY)
    owed = foreclosure(life.loan, life.contract, SIXTY).amount
    least = owed.times(Decimal("0.40"), "ROUND_UP")
    one = Money(1, "INR")

    assert offered(life, pay=least).pay == least.minor
    assert refusal_of(life, pay=least - one) == ("settlement_impossible", "/pay/minor")
    assert offered(life, pay=owed - one).pay == owed.minor - 1
    assert refusal_of(life, pay=owed) == ("settlement_impossible", "/pay/minor")
    assert refusal_of(life, pay=Money(1_000_000, "CNY")) == ("currency_mismatch", "/pay/currency")


@pytest.mark.parametrize(("days", "is_possible"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_settlement_is_paid_within_its_days(days: int, is_possible: bool) -> None:
    by = SIXTY + timedelta(days=days)

    if is_possible:
        assert offered(late(SIXTY), by=by).by == by
    else:
        assert refusal_of(late(SIXTY), by=by) == ("settlement_impossible", "/by")


def test_no_day_at_all_means_today_and_no_later() -> None:
    rules = replace(RULES, settlement_days=0)

    assert offered(late(SIXTY), rules=rules, by=SIXTY).by == SIXTY
    assert refusal_of(late(SIXTY), rules=rules, by=SIXTY + timedelta(days=1)) == ("settlement_impossible", "/by")


def test_both_are_for_loans_that_are_late_enough() -> None:
    before = SIXTY - timedelta(days=1)
    assert refusal_of(late(before), before) == ("not_late_enough", None)

    with pytest.raises(Refused) as refusal:
        proposed(late(NINETY - timedelta(days=1)), NINETY - timedelta(days=1))
    assert refusal.value.code == "not_late_enough"


def test_a_loan_takes_one_relief_at_a_time() -> None:
    life = late(SIXTY)
    life._take(relief.granted(life.loan, offered(life), SIXTY, AT))

    assert refusal_of(life) == ("relief_open", None)


def test_nobody_approves_what_he_proposed() -> None:
    waiting = proposed(late(NINETY))

    with pytest.raises(Refused) as refusal:
        decided(waiting, by="stf_ravi")
    assert refusal.value.code == "own_approval"
    assert decided(waiting).state == "approved"


def test_a_write_off_is_proposed_again_only_after_a_no() -> None:
    life = late(NINETY)
    waiting = proposed(life)
    for before in (waiting, decided(waiting)):
        with pytest.raises(Refused) as refusal:
            proposed(life, before=before)
        assert refusal.value.code == "write_off_open"

    assert proposed(life, before=decided(waiting, "declined")).number == 2


def test_what_was_decided_is_not_decided_again() -> None:
    with pytest.raises(Refused) as refusal:
        decided(decided(proposed(late(NINETY))), "declined")

    assert refusal.value.code == "write_off_open"


def test_a_loan_that_is_over_is_not_written_off() -> None:
    life = Life(contract())
    life.pay(rupees("30000"), date(2026, 2, 5), "foreclosure")

    with pytest.raises(Refused) as refusal:
        proposed(life)
    assert refusal.value.code == "loan_not_active"
