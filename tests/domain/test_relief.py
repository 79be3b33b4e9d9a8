"""Relief that was agreed: it is carried out, lapses, is broken and is undone by what really happens. Worked by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import dues, replay
from shared.domain.allocation import COMPONENTS, Waterfall
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import RECEIVABLE, live
from shared.domain.money import Money
from shared.domain.penal import Penalty
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees
from tests.domain.test_replay import LENT, contracts, told, told_head

# 24 % a year from the fourth day on, without bound; settled last, as the markets' own rule is.
PENAL = Penalty("charge", Decimal("0.24"), 3)
LAST = ("interest", "principal", "fee")
ASKED, BY = date(2026, 4, 1), date(2026, 4, 10)


def overdue(**changes: Any) -> Life:
    """Two dues of 969.73 unpaid on 1 April: since 28 February, 29 days of them charged, and since 31 March."""
    order = Waterfall(LAST, LAST, ("interest", "principal"), afterwards=("penalty",))
    return Life(contract(**{"penal": PENAL, "waterfall": order, **changes})).until(ASKED)


def kinds(life: Life) -> list[str]:
    return [entry.kind for entry in live(life.entries)]


def test_a_waiver_is_carried_out_when_its_condition_is_met() -> None:
    # To 10 April: 969.73 x 24 % x 38/365 = 24.23 and x 7/365 = 4.46. Half of it is given up.
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.pay(rupees("1953.80"), BY)
    life.check()

    # 2 x 969.73 and 14.34 of charges are paid; 28.69 - 14.34 = 14.35 remains and is given up.
    assert kinds(life)[-2:] == ["repayment", "waiver"]
    assert (life.loan.dues, life.loan.grant) == ((), None)
    assert life.balance("waivers") == 1_435
    assert life.balance("penalty_income") == -2_869


def test_who_pays_sooner_is_waived_what_is_left_and_no_more() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.pay(rupees("1953.80"), date(2026, 4, 2))
    life.check()

    assert life.loan.dues == ()
    assert life.balance("waivers") < 1_435


@pytest.mark.parametrize("pay", ["1953.80", "1953.81", "1968.16", "5000"])
def test_who_pays_more_than_a_waiver_asks_for_is_forgiven_as_much(pay: str) -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.pay(rupees(pay), BY)
    life.check()

    assert (life.loan.dues, life.balance("waivers")) == ((), 1_435)


@pytest.mark.parametrize(("pay", "on"), [("1953.79", BY), ("1953.80", BY + timedelta(days=1))])
def test_a_minor_unit_or_a_day_too_little_waives_nothing(pay: str, on: date) -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.pay(rupees(pay), on)
    life.until(date(2026, 4, 20)).check()

    assert "waiver" not in kinds(life) and "waiver_lapsed" in kinds(life)
    assert (life.loan.grant, life.balance("waivers")) == (None, 0)


def test_it_may_be_paid_in_pieces() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    for day, pay in ((2, "1000"), (5, "900"), (10, "53.80")):
        life.pay(rupees(pay), date(2026, 4, day))
    life.check()

    assert kinds(life)[-1] == "waiver" and life.loan.dues == ()


def test_a_waiver_is_undone_with_the_payment_that_comes_back() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.pay(rupees("1953.80"), BY)
    life.comes_back(1)
    life.check()
    assert (life.balance("waivers"), len(life.loan.dues)) == (0, 2)
    assert life.loan.grant is not None

    life.until(BY + timedelta(days=1)).check()
    assert kinds(life)[-1] == "waiver_lapsed"


def test_money_that_was_in_time_and_is_learnt_late_still_meets_the_condition() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.until(date(2026, 4, 20))
    assert kinds(life)[-1] == "waiver_lapsed"
    life.pay(rupees("1953.80"), BY)
    life.check()

    assert "waiver" in kinds(life) and "waiver_lapsed" not in kinds(life)


def test_a_grant_can_be_taken_back_by_a_reversal() -> None:
    life = overdue().grant(5_000, "0", ASKED, ASKED)
    assert life.balance("waivers") == 1_849
    life.undo("waiver_granted.wvr_1").check()

    assert life.balance("waivers") == 0
    life.until(date(2026, 4, 30)).check()
    assert life.loan.dues[0].penalised > 1_849


def test_a_waived_penal_charge_takes_its_tax_with_it() -> None:
    taxed = Penalty("charge", Decimal("0.24"), 3, tax_rate=Decimal("0.18"))
    life = overdue(penal=taxed).grant(5_000, "0", ASKED, ASKED)
    life.check()

    # 969.73 x 24 % x 29/365 = 18.49, and 18 % of it is 3.33.
    assert (life.balance("penalty_income"), life.balance("waivers")) == (-1_849, 1_849)
    assert life.moved("tax_payable", "penal_charge") == -333 and life.moved("tax_payable", "waiver") == 333


def test_a_settlement_gives_up_all_that_is_left_and_closes_the_loan() -> None:
    life = overdue().grant(0, "15000", ASKED, BY, closes=True)
    life.pay(rupees("15000"), BY)
    life.check()

    assert (life.loan.state, life.loan.principal, life.loan.dues) == ("closed", 0, ())
    assert life.balance("waivers") > 0
    assert life.balance("interest_receivable") == 0


def test_a_settlement_takes_the_money_that_waits_for_dues_and_gives_back_none_of_it() -> None:
    waits = Waterfall(LAST, LAST, (), afterwards=("penalty",))
    life = overdue(waterfall=waits).grant(0, "15000", ASKED, BY, closes=True)
    life.pay(rupees("9000"), date(2026, 4, 3))
    assert life.loan.excess > 0
    life.pay(rupees("6000"), BY)
    life.check()

    assert (life.loan.state, life.loan.excess) == ("closed", 0)
    assert life.balance("lender_funds") == -1_960_000 + 1_500_000


def test_what_is_paid_beyond_a_settlement_goes_back() -> None:
    life = overdue().grant(0, "15000", ASKED, BY, closes=True)
    life.pay(rupees("9000"), date(2026, 4, 3))
    life.pay(rupees("7000"), BY)
    life.check()

    assert (life.loan.state, life.loan.excess) == ("closed", 100_000)


def test_a_loan_takes_one_relief_at_a_time() -> None:
    life = overdue().grant(100, "10", ASKED, BY)

    with pytest.raises(Refused) as refusal:
        life.grant(100, "10", ASKED, BY)
    assert refusal.value.code == "relief_open"
    with pytest.raises(Refused) as refusal:
        life.plan(12, ASKED, date(2026, 5, 1))
    assert refusal.value.code == "relief_open"


def test_a_loan_that_does_not_run_takes_no_relief() -> None:
    life = Life(contract())
    life.pay(rupees("30000"), LENT_ON, "foreclosure")

    with pytest.raises(Refused) as refusal:
        life.grant(0, "1", LENT_ON, BY)

    assert refusal.value.code == "loan_not_active"


def test_a_plan_spreads_what_is_overdue_over_new_instalments() -> None:
    life = overdue().plan(30, ASKED, date(2026, 5, 1))
    life.check()

    # All 20,000 are to come again; two months of interest and the penal charge come with the first instalment.
    assert life.loan.not_yet_due == 2_000_000
    assert [(due.due_on, due.interest, due.penalty) for due in life.loan.dues] == [(date(2026, 5, 1), 50_000, 1_849)]
    life.until(date(2026, 5, 1)).check()
    assert len(life.loan.dues) == 2
    life.until(date(2028, 10, 1)).check()
    assert life.loan.not_yet_due == 0
    assert life.loan.next_number == 33


def test_overdue_interest_may_be_added_to_the_principal_and_a_penal_charge_never() -> None:
    life = overdue().plan(30, ASKED, date(2026, 5, 1), capitalised=("interest",), waived=("penalty",))
    life.check()
    assert (life.loan.principal, life.loan.dues) == (2_050_000, ())
    assert life.balance("waivers") == 1_849

    with pytest.raises(Refused) as refusal:
        overdue().plan(30, ASKED, date(2026, 5, 1), capitalised=("penalty",))
    assert refusal.value.code == "capitalisation_forbidden"


def test_a_pause_costs_its_days_of_interest_and_no_more() -> None:
    """Three months without an instalment: from 31 March to 30 June, by thirty-day months."""
    life = Life(contract(penal=PENAL)).until(date(2026, 3, 31))
    life.pay(rupees("1939.46"), date(2026, 3, 31))
    before = life.loan.principal
    life.plan(22, date(2026, 3, 31), date(2026, 6, 30)).until(date(2026, 6, 30)).check()

    (due,) = life.loan.dues
    # 1,939.46 less 28 days' charge of 17.85 and two months' interest of 250: 18,578.39 x 15 % x 90/360 = 696.69.
    assert before == 1_857_839 and due.interest == 69_669


def test_a_broken_plan_ends_on_the_former_last_date() -> None:
    life = overdue().plan(36, ASKED, date(2026, 5, 1), breaks_after_days=15)
    life.until(date(2026, 5, 16))
    assert life.loan.watched is not None
    life.until(date(2026, 5, 17)).check()
    assert life.loan.watched is None and life.loan.plan is not None
    # 31 May is the fourth of the former dates; 21 of 24 are left, until 31 January 2028.
    to_come = [due.due_on for due in dues.to_come(life.loan, life.contract)]
    assert (len(to_come), to_come[0], to_come[-1]) == (21, date(2026, 5, 31), date(2028, 1, 31))

    life.until(date(2028, 1, 31)).check()
    assert life.loan.not_yet_due == 0


def test_the_31st_is_not_lost_when_a_plan_is_broken_before_a_shorter_month() -> None:
    life = overdue().plan(36, ASKED, date(2026, 5, 1), breaks_after_days=35).until(date(2026, 6, 20))

    assert [due.due_on for due in dues.to_come(life.loan, life.contract)][:3] == [
        date(2026, 6, 30),
        date(2026, 7, 31),
        date(2026, 8, 31),
    ]


def test_a_plan_that_waives_a_penal_charge_takes_its_tax_with_it() -> None:
    taxed = Penalty("charge", Decimal("0.24"), 3, tax_rate=Decimal("0.18"))
    life = overdue(penal=taxed).plan(30, ASKED, date(2026, 5, 1), waived=("penalty",))
    life.check()

    # As in a waiver: 18.49 of charges, and 3.33 of tax on it that is not owed any more.
    assert (life.balance("penalty_income"), life.balance("waivers")) == (-1_849, 1_849)
    assert life.moved("tax_payable", "penal_charge") == -333 and life.moved("tax_payable", "rescheduled") == 333


def test_a_penal_charge_that_is_left_breaks_no_plan() -> None:
    """As nowhere else: a penal charge alone makes no loan late."""
    life = overdue().plan(30, ASKED, date(2026, 5, 1), breaks_after_days=15).until(date(2026, 5, 1))
    owed = sum(due.principal + due.interest for due in life.loan.dues)
    life.pay(Money(owed, "INR"), date(2026, 5, 1))
    life.until(date(2026, 5, 31)).check()

    assert [(due.penalty, due.principal) for due in life.loan.dues] == [(1_849, 0)]
    assert life.loan.watched is not None


def test_interest_up_to_the_day_of_a_plan_is_that_of_the_former_dates() -> None:
    """What was paid ahead was counted by them; other dates, with other parts of the year, take nothing of it back."""
    life = Life(contract())
    life.pay(rupees("969.73"), date(2026, 2, 27))
    life.plan(23, date(2026, 2, 27), date(2026, 3, 31))
    # 19,271.34 x 15 % x 33/360 / 32: from 27 February to 31 March are 32 days, and 33 by thirty-day months.
    assert life.loan.principal == 1_927_134 and dues.interest_to(life.loan, life.contract, date(2026, 2, 28)) == 828
    life.pay(rupees("30000"), date(2026, 2, 28), "foreclosure")
    life.check()

    assert life.loan.state == "closed"


def test_who_pays_all_before_a_plans_first_date_pays_what_it_put_off() -> None:
    life = overdue(foreclosure_rate=Decimal(0)).plan(30, ASKED, date(2026, 5, 1))
    life.pay(rupees("30000"), date(2026, 4, 15))
    life.check()

    # 20,000, two months' interest of 250, 15 days' of 125 and 18.49 of charges are 20,643.49; the rest goes back.
    assert (life.loan.state, life.loan.dues) == ("closed", ())
    assert life.loan.excess == 935_651


def test_a_plan_does_one_thing_with_each_part_of_the_arrears() -> None:
    with pytest.raises(AssertionError):
        overdue().plan(30, ASKED, date(2026, 5, 1), capitalised=("interest",), waived=("interest",))
    with pytest.raises(AssertionError):
        overdue().plan(30, ASKED, date(2026, 5, 1), waived=("principal",))


def test_a_plan_that_is_kept_is_not_broken() -> None:
    life = overdue().plan(3, ASKED, date(2026, 5, 1), breaks_after_days=15)
    for month in (5, 6, 7):
        on = date(2026, month, 1)
        life.until(on)
        life.pay(Money(sum(due.unpaid for due in life.loan.dues), "INR"), on)
    life.check()

    assert "plan_broken" not in kinds(life)
    assert life.loan.state == "closed"


def test_another_due_day_changes_only_the_days() -> None:
    life = Life(contract()).until(date(2026, 2, 28))
    life.pay(rupees("969.73"), date(2026, 2, 28))
    life.plan(23, date(2026, 3, 1), date(2026, 4, 5)).until(date(2026, 4, 5)).check()

    assert [due.due_on for due in life.loan.dues] == [date(2026, 4, 5)]
    assert life.instalment == pytest.approx(96_973, abs=400)


def test_what_is_written_off_is_owed_all_the_same_and_what_still_comes_is_recovery() -> None:
    life = overdue().write_off(date(2026, 4, 5))
    life.check()
    owed = life.loan.written_off
    assert (life.loan.state, life.loan.principal, life.loan.dues) == ("written_off", 0, ())
    assert life.balance("write_offs") == owed

    life.pay(rupees("500"), date(2026, 6, 1))
    life.check()
    assert (life.balance("recoveries"), life.loan.written_off) == (-50_000, owed - 50_000)
    life.pay(Money(owed, "INR"), date(2026, 7, 1))
    assert (life.loan.written_off, life.loan.excess) == (0, 50_000)
    life.until(date(2027, 7, 1)).check()


# Relief and payments in any order of arrival: (days, what, minor or instalments).
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 250),
        st.sampled_from(["pay", "pay", "pay", "grant", "settle", "plan", "watched", "write_off"]),
        st.integers(1, 300_000),
    ),
    max_size=7,
    unique_by=lambda event: event[0],
)


def happened(life: Life, event: tuple[int, str, int], lent_on: date, index: int) -> None:
    days, what, minor = event
    on = lent_on + timedelta(days=days)
    try:
        match what:
            case "pay":
                life.paid = index
                life.pay(Money(minor, "INR"), on)
            case "grant" | "settle":
                life.grant(minor, "100", on, on + timedelta(days=20), closes=what == "settle")
            case "plan" | "watched":
                breaks = 10 if what == "watched" else None
                life.plan(
                    minor % 9 + 1,
                    on,
                    on + timedelta(days=25),
                    capitalised=("interest",),
                    breaks_after_days=breaks,
                    watch_months=minor % 3 or None,
                )
            case "write_off":
                life.write_off(on)
    except Refused:
        return


@settings(max_examples=600, deadline=None, print_blob=True)
@given(contracts(), st.sampled_from(LENT), EVENTS, st.integers(0, 250), st.integers(1, 200_000), st.booleans())
def test_a_payment_that_is_learnt_late_or_comes_back_leaves_the_books_of_what_really_happened(
    agreed: Contract, lent_on: date, events: list[tuple[int, str, int]], days: int, minor: int, comes_back: bool
) -> None:
    """Relief is granted on what is known then; a payment of an earlier day arrives at last, or is called back."""
    through = lent_on + timedelta(days=400)
    life = Life(agreed, lent_on)
    for index, event in enumerate(sorted(events)):
        happened(life, event, lent_on, index)
        life.check()
    before = told(life.until(through))
    life.paid = 90
    life.pay(Money(minor, "INR"), lent_on + timedelta(days=days))
    life.until(through).check()
    if comes_back:
        life.comes_back(91)
        life.until(through).check()
        assert told(life) == before

    head, entries = replay.as_of(life.loan, agreed, life.entries, through, AT)
    fresh = replace(head, sequence=0)
    assert told(life) == [replace(entry, sequence=0) for entry in entries]
    assert told_head(life) == fresh
    for part in COMPONENTS:
        assert life.balance(RECEIVABLE[part]) >= 0
