"""Every number can be opened: its rows add up to what the books say."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import penal, replay
from shared.domain.contract import Contract
from shared.domain.explain import explained, used
from shared.domain.ledger import live
from shared.domain.money import Money
from shared.domain.penal import Penalty
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees
from tests.domain.test_relief import ASKED, EVENTS, happened, overdue
from tests.domain.test_replay import LENT, PAYMENTS, contracts, paid

INDIAN = Penalty("charge", Decimal("0.24"), 3, cap_share=Decimal("0.10"), tax_rate=Decimal("0.18"))


@settings(max_examples=300, deadline=None)
@given(contracts(), st.sampled_from(LENT), PAYMENTS)
def test_the_rows_of_an_instalment_add_up_to_its_interest_and_its_penal_charges(
    agreed: Contract, lent_on: date, payments: list[tuple[int, int, str, bool]]
) -> None:
    through = lent_on + timedelta(days=400)
    life = paid(Life(agreed, lent_on), payments, list(range(len(payments))), lent_on).until(through)
    standing = live(life.entries)
    charged: dict[int, int] = {}
    carried = 0
    number = 1
    interest = 0
    for entry in standing:
        interest += entry.debited("interest_receivable")
        for line in entry.penalties:
            charged[line.number] = charged.get(line.number, 0) + line.amount
        if entry.due or entry.kind == "closure":
            found = explained(life.start, agreed, life.entries, number, through)
            if found is not None:
                assert (found.interest, found.carried_in) == (interest + entry.carried, carried)
            number, interest, carried = number + 1, 0, entry.carried
    for number, amount in charged.items():
        found = explained(life.start, agreed, life.entries, number, life.loan.accrued_to or through)
        assert found is not None and found.penalty == amount


@settings(max_examples=300, deadline=None)
@given(contracts(), st.sampled_from(LENT), PAYMENTS)
def test_what_a_payment_was_used_for_is_the_payment(
    agreed: Contract, lent_on: date, payments: list[tuple[int, int, str, bool]]
) -> None:
    life = paid(Life(agreed, lent_on), payments, list(range(len(payments))), lent_on)
    for entry in live(life.entries):
        if entry.kind == "repayment":
            parts = used(entry)
            settled = sum(line.amount for line in parts.lines)
            whole = settled + parts.interest + parts.principal + parts.charge + parts.excess
            assert whole == entry.moved("lender_funds") + parts.fees_returned


def test_a_month_with_a_payment_in_it_has_two_rows() -> None:
    life = Life(contract())
    life.pay(rupees("969.73"), LENT_ON + timedelta(days=14))
    found = explained(life.start, life.contract, life.entries, 1, date(2026, 2, 28))

    assert found is not None
    # 250.00 x 14/28 on 20,000.00; then 1.25 % x 14/28 on 19,155.27 = 119.72.
    assert [(row.days, row.base, row.amount) for row in found.interest_rows] == [
        (14, 2_000_000, 12_500),
        (14, 2_000_000 - 84_473, 11_972),
    ]


def test_each_day_of_a_late_due_has_its_row_and_that_days_balance() -> None:
    """969.73 from 28 February: three days of grace, part paid on 10 March, the rest on 20 March."""
    life = Life(contract(penal=INDIAN)).until(date(2026, 2, 28))
    life.pay(rupees("500"), date(2026, 3, 10))
    on = date(2026, 3, 20)
    found = explained(life.start, life.contract, life.entries, 1, on)

    assert found is not None
    rows = found.penalty_rows
    assert [row.rule for row in rows] == ["grace"] * 3 + ["charged"] * 17
    # 969.73 x 24 %/365 = 0.6376 a day for 7 days; what 500 left of it, 474.19 with the charge, is 469.73 + 4.46 + 0.80.
    assert {row.base for row in rows[:10]} == {96_973}
    assert sum(row.amount for row in rows[:10]) == 446
    assert rows[0].on == date(2026, 2, 28) and rows[-1].on == date(2026, 3, 19)


def test_an_instalment_that_falls_due_as_its_plan_breaks_is_explained_by_the_date_that_it_then_has() -> None:
    """The day is a date of the plan before too, so that the due has no day of its own under the new dates."""
    lent_on = date(2027, 12, 31)
    life = Life(contract(fees="0", instalments=1), lent_on)
    life.plan(2, lent_on + timedelta(days=175), lent_on + timedelta(days=200), capitalised=("interest",))
    later = {"capitalised": ("interest",), "breaks_after_days": 10}
    life.plan(2, lent_on + timedelta(days=195), lent_on + timedelta(days=220), **later)
    life.until(lent_on + timedelta(days=300))
    [broken, due] = [entry for entry in life.entries if entry.effective_on == date(2028, 8, 18)]
    found = explained(life.start, life.contract, life.entries, 3, date(2028, 8, 19))

    assert (broken.kind, due.kind) == ("plan_broken", "due") and found is not None
    assert (found.due_on, found.interest) == (due.effective_on, due.debited("interest_receivable"))


@settings(max_examples=300, deadline=None)
@given(contracts(), st.sampled_from(LENT), EVENTS)
def test_with_plans_and_waivers_the_rows_add_up_too(
    agreed: Contract, lent_on: date, events: list[tuple[int, str, int]]
) -> None:
    through = lent_on + timedelta(days=400)
    life = Life(agreed, lent_on)
    for index, event in enumerate(sorted(events)):
        happened(life, event, lent_on, index)
    life.until(through)
    charged: Counter[int] = Counter()
    number, interest = 1, 0
    for entry in live(life.entries):
        interest += entry.debited("interest_receivable")
        charged.update({line.number: 0 for line in entry.penalties})
        for line in entry.penalties:
            charged[line.number] += line.amount
        if entry.kind in ("due", "closure", "write_off"):
            found = explained(life.start, agreed, life.entries, number, through)
            carried = entry.carried if entry.kind == "due" else 0
            assert (found.interest if found else 0) == interest + carried
            number, interest = number + 1, 0
    on = life.loan.accrued_to or through
    unbooked = {due.number: sum(penal.unbooked(due, agreed.penal, on)) for due in life.loan.dues}
    for number, amount in charged.items():
        found = explained(life.start, agreed, life.entries, number, on)
        assert found is not None and found.penalty == amount + unbooked.get(number, 0)
        assert all(row.amount >= 0 for row in found.penalty_rows)


def test_a_plans_first_long_period_is_opened_day_by_day() -> None:
    """Two dues unpaid since 28 February; on 15 April a plan puts the first of its instalments on 15 June."""
    life = overdue().until(date(2026, 4, 15)).plan(30, date(2026, 4, 15), date(2026, 6, 15)).until(date(2026, 6, 30))
    found = explained(life.start, life.contract, life.entries, 3, date(2026, 6, 30))

    assert found is not None and (found.start, found.due_on) == (date(2026, 3, 31), date(2026, 6, 15))
    # Two and a half months of 20,000 at 1.25 %, for 76 days.
    (row,) = found.interest_rows
    assert (row.since, row.until, row.days, row.base) == (date(2026, 3, 31), date(2026, 6, 15), 76, 2_000_000)
    assert row.amount == found.interest == 62_500


def test_what_was_paid_ahead_before_a_plan_keeps_its_days_and_their_measure() -> None:
    """969.73 on 14 February; on 20 February a plan puts the instalment of the 28th on 31 March."""
    life = Life(contract())
    life.pay(rupees("969.73"), date(2026, 2, 14))
    life.plan(23, date(2026, 2, 20), date(2026, 3, 31)).until(date(2026, 3, 31))
    found = explained(life.start, life.contract, life.entries, 1, date(2026, 3, 31))

    assert found is not None and (found.start, found.due_on) == (LENT_ON, date(2026, 3, 31))
    # A month of 28 days: 250.00 x 14/28, 19,155.27 x 1.25 % x 6/28. Then 40 days by thirty-day months.
    assert [(row.days, row.base, row.amount) for row in found.interest_rows] == [
        (14, 2_000_000, 12_500),
        (6, 1_915_527, 5_131),
        (39, 1_915_527, 31_925),
    ]
    assert found.interest == 12_500 + life.loan.dues[0].interest


def test_what_a_plan_put_off_is_late_anew_from_its_date_on() -> None:
    life = overdue().plan(30, ASKED, date(2026, 5, 1)).until(date(2026, 6, 1))
    found = explained(life.start, life.contract, life.entries, 1, date(2026, 6, 1))

    assert found is not None
    before = [row for row in found.penalty_rows if row.on < ASKED]
    after = [row for row in found.penalty_rows if row.on >= ASKED]
    # 18.49 of charges were put off with 500.00 of interest; these cost from 4 to 31 May 500 x 24 % x 28/365.
    assert (sum(row.amount for row in before), sum(row.amount for row in after)) == (1_849, 921)
    assert (after[0].on, after[0].base) == (date(2026, 5, 1), 50_000)


def test_the_cap_shows_in_the_rows() -> None:
    life = Life(contract(penal=INDIAN)).until(date(2026, 2, 28))
    found = explained(life.start, life.contract, life.entries, 1, date(2027, 2, 28))

    assert found is not None
    # 10 % of 969.73, rounded down; with 18 % tax.
    assert sum(row.amount for row in found.penalty_rows) == 9_697
    assert found.penalty == 9_697 + 1_745
    assert found.penalty_rows[-1].rule == "cap"


def test_what_was_paid_early_is_told_apart_from_what_settled_dues() -> None:
    life = Life(contract()).until(date(2026, 2, 28))
    parts = used(life.pay(rupees("2000"), date(2026, 3, 10), "prepayment"))

    assert sum(line.amount for line in parts.lines) == 96_973
    assert (parts.principal, parts.interest, parts.excess) == (200_000 - 96_973, 0, 0)


def test_a_receipt_says_what_early_money_made_smaller() -> None:
    agreed = contract(prepayment_choices=("smaller_instalment",))
    paid = [(purpose, choice) for purpose in ("prepayment", "instalment") for choice in (None, "smaller_instalment")]
    effects = [used(Life(agreed).pay(rupees("2000"), date(2026, 2, 10), *each)).effect for each in paid]

    assert effects == ["shorter_tenor", "smaller_instalment", None, None]


def test_a_closing_payment_says_what_closing_early_cost() -> None:
    life = Life(contract())
    parts = used(life.pay(rupees("21000"), LENT_ON, "foreclosure"))

    assert (parts.principal, parts.charge, parts.excess) == (2_000_000, 94_400, 100_000 - 94_400)


def test_a_period_that_has_not_begun_has_no_rows() -> None:
    life = Life(contract())

    assert explained(life.start, life.contract, life.entries, 2, date(2026, 2, 10)) is None
    loan, entries = replay.as_of(life.loan, life.contract, life.entries, date(2026, 3, 1), AT)
    assert explained(life.start, life.contract, entries, 2, date(2026, 3, 1)) is not None
    assert loan.next_number == 2


def test_flat_interest_runs_on_what_was_lent() -> None:
    terms = contract(fees="0").terms
    flat = contract(terms=type(terms)(Money(1_200_000, "INR"), Decimal("0.12"), 12, interest_method="flat"), fees="0")
    life = Life(flat).until(date(2026, 6, 30))
    found = explained(life.start, flat, life.entries, 5, date(2026, 6, 30))

    assert found is not None
    assert [(row.base, row.amount) for row in found.interest_rows] == [(1_200_000, 12_000)]
