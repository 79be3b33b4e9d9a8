"""What notices and the credit file read off the books: the dues' history, what is owed, the answers to payments."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.allocation import Waterfall
from shared.domain.delinquency import DueHistory, days_past_due
from shared.domain.lateness import account, answers, figures, position, steps
from shared.domain.notice_facts import Notice, OpenDue
from shared.domain.notices import due_on
from shared.domain.penal import Penalty
from shared.markets import market
from tests.domain.lending import AT, LENT_ON, ORDER, Life, contract, rupees

DAY = timedelta(days=1)
DUE, NEXT, THIRD = date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)
PENALTY = Penalty("charge", Decimal("0.24"))
PENALTY_LAST = Waterfall(ORDER[1:], ORDER[1:], ("interest", "principal"), afterwards=("penalty",))
INSTALMENT = rupees("969.73")
RULES = market("in", DUE).credit_file


def lent() -> Life:
    return Life(contract(fees="0", penal=PENALTY, waterfall=PENALTY_LAST))


def dues(life: Life) -> tuple[DueHistory, ...]:
    return account(steps(life.start, life.contract, life.entries)).dues


def answered(life: Life) -> tuple[Notice, ...]:
    return answers(steps(life.start, life.contract, life.entries), life.entries, life.contract, AT)


def owed(life: Life, on: date) -> tuple[OpenDue, ...]:
    life.until(on)
    here = steps(life.start, life.contract, life.entries)
    return position(life.loan, life.contract, account(here), market("in", on), on).dues


def test_a_due_is_settled_on_the_day_on_which_its_last_part_was_paid() -> None:
    life = lent().until(DUE)
    life.pay(rupees("500"), DUE + 3 * DAY)
    life.pay(rupees("600"), DUE + 9 * DAY)

    assert dues(life) == (DueHistory(1, DUE, DUE + 9 * DAY),)


def test_a_due_that_was_paid_ahead_was_never_open() -> None:
    life = lent()
    life.pay(INSTALMENT, LENT_ON + 5 * DAY)

    assert dues(life.until(DUE)) == ()


def test_what_a_plan_put_off_is_late_from_its_new_date_on() -> None:
    agreed, first = NEXT + DAY, date(2026, 5, 1)
    life = lent().until(agreed).plan(30, agreed, first).until(first + DAY)
    late = account(steps(life.start, life.contract, life.entries))

    assert late.dues == (
        DueHistory(1, DUE, agreed),
        DueHistory(2, NEXT, agreed),
        DueHistory(1, first),
        DueHistory(3, first),
    )
    assert [days_past_due(late, on) for on in (NEXT, agreed, first, first + DAY)] == [31, 0, 0, 1]


def test_a_penal_charge_alone_makes_no_loan_late() -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE + 10 * DAY)
    life.until(DUE + 11 * DAY)

    assert life.loan.dues[0].penalty > 0
    assert dues(life) == (DueHistory(1, DUE, DUE + 10 * DAY),)
    assert [due.number for due in owed(life, DUE + 11 * DAY)] == [2]


def test_a_payment_that_came_back_settled_nothing() -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE)

    assert dues(life.comes_back(1)) == (DueHistory(1, DUE),)


def test_what_is_owed_is_every_open_due_and_the_next() -> None:
    assert owed(lent(), LENT_ON) == (OpenDue(1, DUE, INSTALMENT),)
    assert owed(lent(), NEXT) == (
        OpenDue(1, DUE, INSTALMENT),
        OpenDue(2, NEXT, INSTALMENT),
        OpenDue(3, THIRD, INSTALMENT),
    )


def test_what_the_borrower_has_paid_ahead_is_not_asked_for() -> None:
    life = lent()
    life.pay(rupees("1200"), LENT_ON + 5 * DAY)

    [due] = owed(life, LENT_ON + 6 * DAY)
    assert due.amount < INSTALMENT or due.due_on > DUE


def test_a_loan_that_is_closed_owes_nothing() -> None:
    life = lent()
    life.pay(rupees("21500"), DUE, "foreclosure")

    assert life.loan.state == "closed"
    assert owed(life, DUE) == ()


def test_every_payment_is_answered_with_what_is_left_after_it_and_the_last_as_the_last() -> None:
    life = lent()
    life.pay(rupees("969.73"), DUE)
    left = life.loan.principal
    life.pay(rupees("21500"), DUE + DAY, "foreclosure")
    first, last = answered(life)[:2]

    assert (first.notice_id, first.text, first.facts["amount"]) == ("receipt.upi.payment.upi1", "receipt", INSTALMENT)
    assert first.facts["outstanding"] == rupees("0") + type(INSTALMENT)(left, "INR")
    assert (last.notice_id, last.text) == ("receipt.upi.payment.upi2", "receipt.last")


def test_a_payment_booked_anew_after_a_correction_has_the_receipt_that_it_had() -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE + 5 * DAY)
    life.pay(rupees("10"), DUE + DAY)
    found = answered(life)

    assert {notice.notice_id for notice in found} == {"receipt.upi.payment.upi1", "receipt.upi.payment.upi2"}


def test_a_payment_that_came_back_is_told_once_and_what_was_booked_anew_for_it_is_not() -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE + DAY)
    life.pay(rupees("10"), DUE + 2 * DAY)
    life.comes_back(1)

    wanted = {"payment_returned.upi.payment.upi1", "receipt.upi.payment.upi2"}
    assert {notice.notice_id for notice in answered(life)} == wanted
    [back] = [notice for notice in answered(life) if notice.kind == "payment_returned"]
    assert (back.facts["amount"], back.facts["received_on"]) == (INSTALMENT, DUE + DAY)


def test_a_payment_that_was_booked_anew_before_it_came_back_is_told_of_once() -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE + 5 * DAY)
    life.pay(rupees("10"), DUE + DAY)
    life.comes_back(1)

    assert [notice.notice_id for notice in answered(life)] == [
        "receipt.upi.payment.upi2",
        "payment_returned.upi.payment.upi1",
    ]


def test_money_that_was_paid_back_is_told() -> None:
    life = lent()
    life.pay(rupees("25000"), DUE, "foreclosure")
    paid_back = life.refund(DUE + DAY)
    [told] = [notice for notice in answered(life) if notice.kind == "refund"]

    assert (told.notice_id, told.facts["amount"], told.facts["paid_on"]) == ("refund.pout_2", paid_back, DUE + DAY)


def test_the_files_figures_are_those_of_the_day() -> None:
    life = lent().until(DUE)
    life.pay(rupees("500"), DUE)
    life.until(DUE + 9 * DAY)
    made = figures(steps(life.start, life.contract, life.entries), life.contract, DUE + 9 * DAY, RULES)

    assert made is not None
    assert (made.opened_on, made.closed_on, made.last_paid_on) == (LENT_ON, None, DUE)
    assert made.overdue > rupees("469.73") and made.sanctioned == rupees("20000")
    assert figures((), life.contract, DUE, RULES) is None


@given(
    payments=st.lists(st.tuples(st.integers(1, 250_000), st.integers(0, 120)), max_size=6),
    days=st.integers(0, 200),
)
def test_whatever_was_paid_a_notice_asks_for_what_the_books_say(payments: list[tuple[int, int]], days: int) -> None:
    life, on = lent(), LENT_ON + days * DAY
    for minor, after in sorted(payments, key=lambda payment: payment[1]):
        if LENT_ON + after * DAY <= on and life.loan.state == "active":
            life.pay(rupees("0") + type(INSTALMENT)(minor, "INR"), LENT_ON + after * DAY)
    life.until(on)
    history = account(steps(life.start, life.contract, life.entries))
    here = position(life.loan, life.contract, history, market("in", on), on)
    late = [due for due in here.dues if due.due_on <= on]

    assert sum(due.amount.minor for due in late) == sum(
        due.principal + due.interest + due.fee for due in life.loan.dues
    )
    assert days_past_due(history, on) == max([(on - due.due_on).days for due in late], default=0)
    assert len({notice.notice_id for notice in due_on(here, market("in", on).notices, on)}) <= 5


def test_the_credit_file_says_how_a_loan_ended_that_was_not_repaid_in_full() -> None:
    def given_up(life: Life) -> str | None:
        made = figures(steps(life.start, life.contract, life.entries), life.contract, DUE + 9 * DAY, RULES)
        return made.given_up if made else None

    def late() -> Life:
        return Life(contract()).until(DUE + DAY)

    settled = late().grant(0, "15000", DUE + DAY, DUE + 9 * DAY, closes=True)
    assert given_up(settled) is None
    settled.pay(rupees("15000"), DUE + 2 * DAY)

    assert given_up(settled) == "settled_for_less"
    assert given_up(settled.comes_back(1)) is None
    assert given_up(late().write_off(DUE + DAY)) == "written_off"
