"""Settlements: from when, for how much, by how many people, and what becomes of the loan."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain import relief, settlements
from shared.domain.endings import EndingRules, debt
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.domain.repayment_options import options
from shared.domain.settlements import MOVES, Settlement, state_on
from tests.domain.lending import AT, Life, contract, rupees

RULES = EndingRules(60, Decimal("0.40"), 30, Decimal("0.30"), 2_500_000, Decimal("0.25"), 90)
# The due of 28 February is 60 days late on 29 April.
SIXTY = date(2026, 4, 29)


def late(on: date = SIXTY) -> Life:
    return Life(contract()).until(on)


def written_off() -> Life:
    return late().write_off(SIXTY)


def proposed(life: Life, on: date = SIXTY, rules: EndingRules = RULES, **changes: Any) -> Settlement:
    known: dict[str, Any] = {"before": (), "pay": rupees("10000"), "by": on + timedelta(days=10), "on": on, "at": AT}
    named = {"settlement_id": "stl_1", "member": "stf_meena", "because": "He sells his car."}
    return settlements.proposed(life.loan, life.contract, rules, **known | named | changes)


def offered(life: Life, **changes: Any) -> Settlement:
    """By two people, where it takes two; the loan has it."""
    made = proposed(life, **changes)
    if made.state == "proposed":
        made = moved(life, made, "offered", by="stf_ravi")
    life._take(relief.granted(life.loan, settlements.grant_of(made), SIXTY, AT))
    return made


def moved(life: Life, made: Settlement, state: str, by: str = "stf_ravi", on: date = SIXTY) -> Settlement:
    return settlements.moved(made, state, by=by, because="Seen.", entries=life.entries, on=on, at=AT)


def refusal_of(*args: Any, **more: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refusal:
        proposed(*args, **more)
    return refusal.value.code, refusal.value.pointer


def test_who_pays_the_settlement_in_time_has_closed_the_loan() -> None:
    life = late()
    made = offered(life)
    assert state_on(made, life.entries, made.by) == "offered"
    life.pay(rupees("10000"), made.by)
    life.check()

    assert (life.loan.state, life.balance("waivers") > 0) == ("closed", True)
    assert state_on(made, life.entries, made.by) == "kept"


def test_a_settlement_a_day_late_settles_nothing() -> None:
    life = late()
    made = offered(life)
    life.pay(rupees("10000"), made.by + timedelta(days=1))
    life.check()

    assert (life.loan.state, life.balance("waivers")) == ("active", 0)
    assert state_on(made, life.entries, made.by + timedelta(days=1)) == "lapsed"


def test_a_settlement_is_a_real_part_of_the_debt_and_less_than_all() -> None:
    life = late()
    owed = debt(life.loan, life.contract, SIXTY)
    least = owed.times(Decimal("0.40"), "ROUND_UP")
    one = Money(1, "INR")

    assert proposed(life, pay=least).given_up == owed - least
    assert refusal_of(life, pay=least - one) == ("settlement_impossible", "/pay/minor")
    assert proposed(life, pay=owed - one).given_up == one
    assert refusal_of(life, pay=owed) == ("settlement_impossible", "/pay/minor")
    assert refusal_of(life, pay=Money(1_000_000, "CNY")) == ("currency_mismatch", "/pay/currency")


@pytest.mark.parametrize(("days", "is_possible"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_settlement_is_paid_within_its_days(days: int, is_possible: bool) -> None:
    by = SIXTY + timedelta(days=days)

    if is_possible:
        assert proposed(late(), by=by).by == by
    else:
        assert refusal_of(late(), by=by) == ("settlement_impossible", "/by")


def test_no_day_at_all_means_today_and_no_later() -> None:
    rules = replace(RULES, settlement_days=0)

    assert proposed(late(), rules=rules, by=SIXTY).by == SIXTY
    assert refusal_of(late(), rules=rules, by=SIXTY + timedelta(days=1)) == ("settlement_impossible", "/by")


def test_a_settlement_is_for_a_loan_that_is_late_enough() -> None:
    before = SIXTY - timedelta(days=1)

    assert refusal_of(late(before), before) == ("not_late_enough", None)


def test_a_loan_takes_one_relief_at_a_time() -> None:
    life = late()
    offered(life)

    assert refusal_of(life) == ("relief_open", None)
    assert refusal_of(late(), before=(proposed(late()),)) == ("relief_open", None)


def test_up_to_its_share_and_its_amount_one_person_offers_and_above_either_two() -> None:
    life = late()
    owed = debt(life.loan, life.contract, SIXTY)
    alone = Money(int(owed.minor * RULES.settlement_alone_share), "INR")
    one = Money(1, "INR")
    small = replace(RULES, settlement_alone_most=1_000)

    assert proposed(life, pay=owed - alone).state == "offered"
    assert proposed(life, pay=owed - alone - one).state == "proposed"
    assert proposed(life, rules=small, pay=owed - rupees("10")).state == "offered"
    assert proposed(life, rules=small, pay=owed - rupees("10") - one).state == "proposed"


def test_nobody_approves_his_own_settlement_and_the_second_person_does() -> None:
    life = late()
    made = proposed(life)

    with pytest.raises(Refused) as refusal:
        moved(life, made, "offered", by="stf_meena")
    assert refusal.value.code == "own_approval"
    assert moved(life, made, "offered").state == "offered"
    assert not made.is_told and moved(life, made, "offered").is_told


@pytest.mark.parametrize("state", ["refused", "declined", "withdrawn"])
def test_what_is_over_takes_no_step_any_more(state: str) -> None:
    life = late()
    made = moved(life, proposed(life), "offered") if state == "declined" else proposed(life)
    over = moved(life, made, state)

    assert MOVES[over.state] == ()
    with pytest.raises(Refused) as refusal:
        moved(life, over, "withdrawn")
    assert refusal.value.code == "settlement_over"


def test_a_settlement_that_was_kept_is_not_withdrawn() -> None:
    life = late()
    made = offered(life)
    life.pay(rupees("10000"), made.by)

    with pytest.raises(Refused):
        moved(life, made, "withdrawn", on=made.by)


def test_what_nobody_approves_by_its_day_is_over() -> None:
    life = late()
    made = proposed(life)

    with pytest.raises(Refused):
        moved(life, made, "offered", on=made.by + timedelta(days=1))


def test_a_loan_that_was_written_off_is_settled_for_less_where_the_rule_says_so() -> None:
    life = written_off()
    owed = life.loan.written_off
    made = offered(life, pay=Money(-(-owed // 4), "INR"))
    assert [each.kind for each in options(life.loan, life.contract, SIXTY)] == ["relief", "written_off"]
    life.pay(rupees("1000"), SIXTY)
    life.pay(made.pay - rupees("900"), made.by)
    life.check()

    assert (life.loan.state, life.loan.written_off, life.loan.excess) == ("written_off", 0, 10_000)
    assert life.loan.closed_on == made.by
    assert life.balance("recoveries") == -made.pay.minor
    assert state_on(made, life.entries, made.by) == "kept"
    assert refusal_of(written_off(), rules=replace(RULES, written_off_least_share=None))[0] == "settlement_impossible"


def test_a_settlement_ends_when_the_loan_is_written_off_meanwhile() -> None:
    life = late()
    made = offered(life)
    life.write_off(SIXTY)
    life.check()

    assert (life.loan.grant, state_on(made, life.entries, SIXTY)) == (None, "lapsed")


def test_a_settlement_of_a_written_off_loan_lapses_like_any_other() -> None:
    life = written_off()
    owed = life.loan.written_off
    made = offered(life)
    after = made.by + timedelta(days=1)
    life.pay(rupees("9999.99"), made.by)
    life.until(after).check()

    assert life.loan.written_off == owed - 999_999
    assert (life.loan.grant, state_on(made, life.entries, after)) == (None, "lapsed")


def test_a_payment_that_comes_back_reopens_a_settled_write_off() -> None:
    life = written_off()
    owed = life.loan.written_off
    made = offered(life)
    life.pay(made.pay, made.by)
    assert life.loan.written_off == 0
    life.comes_back(1).check()

    assert (life.loan.written_off, life.loan.closed_on) == (owed, None)
