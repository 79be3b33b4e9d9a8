"""Hardship plans: what may be chosen, what a choice means in dates and amounts, who decides it, and when it is refused.

The loan is 20,000 at 15 % in 24 instalments of 969.73, paid out on 31 January 2026, due on the last days of months.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.domain import dues, plan_terms, plans
from shared.domain.errors import Refused
from shared.domain.ledger import NewTerms
from shared.domain.plan_rules import KindRules, PlanRules
from shared.domain.plan_terms import Choice
from shared.domain.plans import HardshipPlan
from shared.domain.what_if import outlook
from tests.domain.lending import AT, Life, contract, rupees
from tests.domain.test_relief import ASKED, overdue

RULES = PlanRules(
    kinds={
        "arrears_in_instalments": KindRules("rule", 6, 1, 60, breaks_after_days=30),
        "pause": KindRules("reviewer", 3, 0, 60, breaks_after_days=30),
        "longer_tenor": KindRules("reviewer", 12, 0, 90, breaks_after_days=30),
        "smaller_instalment": KindRules("reviewer", 12, 0, 90, breaks_after_days=30),
        "due_day": KindRules("rule", 28, 0, 0),
    },
    most_per_loan=2,
    capitalised=("interest",),
    reasons=("lower_income", "illness"),
)


def limited(kind: str, **changes: Any) -> PlanRules:
    return replace(RULES, kinds={**RULES.kinds, kind: replace(RULES.kinds[kind], **changes)})


def asked(
    life: Life, kind: str, amount: int, on: date = ASKED, *, rules: PlanRules = RULES, **more: Any
) -> HardshipPlan:
    known = {"before": (), "plan_id": "plan_1", "reason": "lower_income", "by": "borrower"} | more
    return plans.asked(life.loan, life.contract, rules, Choice(kind, amount), on=on, at=AT, **known)


def agreed(life: Life, kind: str, amount: int, on: date = ASKED, **more: Any) -> Life:
    life.add(*plan_terms.carried_out(life.loan, life.contract, asked(life, kind, amount, on, **more).terms, on, AT)[1])
    life.check()
    return life


def refused(*args: Any, **more: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refusal:
        asked(*args, **more)
    return refusal.value.code, refusal.value.pointer


def in_order() -> Life:
    """On 1 April with everything paid that has fallen due."""
    life = Life(contract())
    for on in (date(2026, 2, 28), date(2026, 3, 31)):
        life.until(on)
        life.pay(rupees("969.73"), on)
    return life.until(ASKED)


def dates(life: Life) -> list[date]:
    return [due.due_on for due in dues.to_come(life.loan, life.contract)]


def test_a_reason_is_a_code_that_the_rules_know() -> None:
    assert asked(overdue(), "longer_tenor", 3, reason="illness").reason == "illness"
    assert refused(overdue(), "longer_tenor", 3, reason="My wife Asha is ill.") == ("plan_reason_unknown", "/reason")


def test_arrears_come_in_the_instalments_that_are_left() -> None:
    life = agreed(overdue(), "arrears_in_instalments", 22)

    # 20,000 and two months' interest of 250 each over 22 months and a day: a little more than 969.73.
    assert life.loan.principal == 2_050_000
    assert (dates(life)[0], dates(life)[-1], len(dates(life))) == (date(2026, 4, 30), date(2028, 1, 31), 22)
    assert 1_070_00 < life.instalment < 1_075_00
    # The penal charge of 18.49 was never added to the principal: it comes with the first instalment.
    assert [(due.due_on, due.penalty) for due in life.loan.dues] == [(date(2026, 4, 30), 1_849)]


def test_a_pause_leaves_out_instalments_and_keeps_their_number() -> None:
    life = agreed(in_order(), "pause", 3)

    # 30 April, 31 May and 30 June are left out; the 31st is not lost.
    assert dates(life)[:2] == [date(2026, 7, 31), date(2026, 8, 31)]
    assert (len(dates(life)), dates(life)[-1]) == (22, date(2028, 4, 30))


def test_a_longer_tenor_has_so_many_instalments_more() -> None:
    before = in_order()
    life = agreed(in_order(), "longer_tenor", 12)

    assert (len(dates(life)), dates(life)[0]) == (len(dates(before)) + 12, dates(before)[0])
    assert life.instalment < before.instalment


def test_a_smaller_instalment_takes_as_few_months_as_it_needs() -> None:
    life = agreed(in_order(), "smaller_instalment", 80_000)

    assert life.instalment <= 80_000
    one_less = in_order().plan(len(dates(life)) - 1, ASKED, date(2026, 4, 30))
    assert one_less.instalment > 80_000


@pytest.mark.parametrize(("day", "first"), [(5, date(2026, 5, 5)), (28, date(2026, 5, 28)), (1, date(2026, 5, 1))])
def test_another_due_day_is_never_before_the_coming_date(day: int, first: date) -> None:
    life = agreed(in_order(), "due_day", day)

    assert dates(life)[0] == first and {on.day for on in dates(life)} == {day}
    assert life.loan.watched is None


def test_the_28th_stays_the_28th_where_months_end_together() -> None:
    life = Life(contract(terms=replace(contract().terms, month_end="stays_last"))).until(date(2026, 2, 1))
    agreed(life, "due_day", 28, date(2026, 2, 1))

    # 28 February is a month's end, from which every other month would end too.
    assert dates(life)[:2] == [date(2026, 3, 28), date(2026, 4, 28)]


def test_a_loan_past_its_last_date_may_spread_what_is_overdue() -> None:
    life = Life(contract(instalments=3)).until(date(2026, 5, 10))
    on = date(2026, 5, 10)

    rules = limited("arrears_in_instalments", most_days_past_due=90)
    assert refused(life, "arrears_in_instalments", 7, on, rules=rules) == ("plan_beyond_limits", "/amount")
    agreed(life, "arrears_in_instalments", 6, on, rules=rules)
    assert dates(life)[0] == date(2026, 5, 31) and len(dates(life)) == 6
    assert refused(
        Life(contract(instalments=3)).until(on), "pause", 1, on, rules=limited("pause", most_days_past_due=90)
    )[0] == ("plan_not_allowed")


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        ("pause", 4),
        ("pause", 0),
        ("longer_tenor", 13),
        ("due_day", 29),
        ("arrears_in_instalments", 25),
        ("smaller_instalment", 30_000),
        ("smaller_instalment", 96_973),
    ],
)
def test_beyond_its_limits_there_is_no_plan(kind: str, amount: int) -> None:
    life = overdue() if kind == "arrears_in_instalments" else in_order()

    assert refused(life, kind, amount) == ("plan_beyond_limits", "/amount")


@pytest.mark.parametrize("kind", ["pause", "longer_tenor", "due_day"])
def test_a_limit_of_nothing_is_a_limit(kind: str) -> None:
    assert refused(in_order(), kind, 1, rules=limited(kind, most=0)) == ("plan_beyond_limits", "/amount")


def test_no_plan_at_all_is_a_limit_too() -> None:
    assert refused(in_order(), "pause", 1, rules=replace(RULES, most_per_loan=0)) == ("plan_limit_reached", None)


def test_a_smaller_instalment_without_any_month_more_is_refused() -> None:
    rules = limited("smaller_instalment", most=0)

    assert refused(in_order(), "smaller_instalment", 96_972, rules=rules) == ("plan_beyond_limits", "/amount")


def test_a_plan_is_for_loans_that_are_late_by_so_many_days() -> None:
    # On 1 April the due of 28 February is 32 days late.
    assert asked(overdue(), "pause", 1, rules=limited("pause", most_days_past_due=32)).state == "asked"
    assert refused(overdue(), "pause", 1, rules=limited("pause", most_days_past_due=31)) == (
        "plan_not_allowed",
        "/kind",
    )
    assert refused(in_order(), "arrears_in_instalments", 22) == ("plan_not_allowed", "/kind")


def test_another_due_day_does_not_put_off_what_is_due() -> None:
    assert refused(overdue(), "due_day", 5, rules=limited("due_day", most_days_past_due=60)) == (
        "plan_not_allowed",
        "/kind",
    )


def test_a_kind_that_the_rules_do_not_name_is_refused() -> None:
    assert refused(in_order(), "pause", 1, rules=replace(RULES, kinds={})) == ("plan_not_allowed", "/kind")


def test_a_simple_plan_is_decided_by_rule_and_another_by_a_reviewer() -> None:
    simple, other = asked(in_order(), "due_day", 5), asked(in_order(), "pause", 1)

    assert (simple.state, simple.decided_by) == ("agreed", "rule")
    assert (other.state, other.decided_by) == ("asked", None)


def test_what_staff_propose_is_for_the_borrower_to_answer() -> None:
    assert asked(in_order(), "due_day", 5, by="staff_1").state == "proposed"


def test_a_loan_has_one_open_plan_and_so_many_in_its_life() -> None:
    waiting = asked(in_order(), "pause", 1)
    done = [replace(waiting, plan_id=name, state="agreed") for name in ("plan_a", "plan_b")]

    assert refused(in_order(), "due_day", 5, before=[waiting]) == ("relief_open", None)
    assert refused(in_order(), "due_day", 5, before=done) == ("plan_limit_reached", None)
    assert asked(in_order(), "due_day", 5, before=done[:1]).state == "agreed"
    assert asked(in_order(), "due_day", 5, before=[replace(waiting, state="refused")] * 3).state == "agreed"


def test_a_plan_whose_first_date_has_come_can_only_be_refused() -> None:
    waiting = asked(in_order(), "pause", 1)
    on = waiting.terms.first_due_on

    assert not waiting.is_open(on)
    with pytest.raises(Refused) as refusal:
        plans.decided(waiting, "agreed", by="staff_1", because="kept his word", on=on, at=AT)
    assert refusal.value.code == "plan_decided"
    assert plans.decided(waiting, "refused", by="staff_1", because="too late", on=on, at=AT).state == "refused"


@pytest.mark.parametrize(("state", "to"), [("agreed", "refused"), ("refused", "agreed"), ("asked", "declined")])
def test_a_plan_is_decided_once_and_by_whom_it_waits_for(state: str, to: str) -> None:
    plan = replace(asked(in_order(), "pause", 1), state=state)

    with pytest.raises(Refused) as refusal:
        plans.decided(plan, to, by="staff_1", because="", on=ASKED, at=AT)
    assert refusal.value.code == "plan_decided"


def test_a_loan_with_other_relief_or_with_money_on_its_way_takes_no_plan() -> None:
    granted = overdue().grant(100, "10", ASKED, date(2026, 4, 10))
    paying = in_order()
    paying.loan = replace(paying.loan, payout_id="pout_9")
    broken = agreed(in_order(), "pause", 1)

    assert refused(granted, "pause", 1) == ("relief_open", None)
    assert refused(paying, "pause", 1) == ("payout_in_progress", None)
    assert refused(broken, "due_day", 5) == ("relief_open", None)
    assert refused(Life(contract(), None), "pause", 1) == ("loan_not_active", None)


def test_a_plan_shows_as_broken_once_it_is() -> None:
    life = agreed(overdue(), "arrears_in_instalments", 22)
    plan = replace(asked(overdue(), "arrears_in_instalments", 22), state="agreed")

    assert plans.standing(plan, life.loan) == "agreed"
    assert plans.standing(plan, life.until(date(2026, 5, 31)).loan) == "broken"


def test_what_is_offered_can_be_asked_for() -> None:
    for life, kinds in (
        (overdue(), {"arrears_in_instalments", "pause", "longer_tenor", "smaller_instalment"}),
        (in_order(), {"pause", "longer_tenor", "smaller_instalment", "due_day"}),
    ):
        found = plan_terms.offered(life.loan, life.contract, RULES, ASKED, AT)

        assert {choice.kind for choice, _ in found} == kinds
        for choice, terms in found:
            assert replace(asked(life, choice.kind, choice.amount).terms, relief_id="plan") == terms


def test_what_a_plan_carries_over_is_paid_on_its_first_date() -> None:
    life = overdue()
    terms: NewTerms = asked(life, "arrears_in_instalments", 22).terms
    loan, _ = plan_terms.carried_out(life.loan, life.contract, replace(terms, capitalised=()), ASKED, AT)
    found = outlook(loan, life.contract, (), ASKED, AT)

    assert found.outlays[0].on == date(2026, 4, 30)
    assert found.outlays[0].penalty == 1_849 and found.outlays[0].interest > 50_000
    assert found.ends_on == date(2028, 1, 31)


def test_a_partner_may_allow_less_and_never_more() -> None:
    assert RULES.is_within(RULES)
    assert limited("pause", most=0).is_within(RULES)
    assert replace(RULES, kinds={}).is_within(RULES)
    assert limited("pause", breaks_after_days=None).is_within(RULES)
    assert limited("due_day", decided_by="reviewer").is_within(RULES)
    for wider in (
        limited("pause", most=4),
        limited("pause", decided_by="rule"),
        limited("pause", breaks_after_days=29),
        limited("due_day", breaks_after_days=0),
        limited("pause", most_days_past_due=61),
        limited("arrears_in_instalments", least_days_past_due=0),
        replace(RULES, most_per_loan=3),
        replace(RULES, capitalised=("interest", "fee")),
    ):
        assert not wider.is_within(RULES)
