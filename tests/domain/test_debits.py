"""Debits: which due, when, how often, how much; never without its notice, out of its hours, or beyond what is owed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import debits
from shared.domain.debits import Debit, DebitRules
from shared.domain.mandates import Mandate
from shared.domain.money import Money
from shared.domain.notice_facts import OpenDue
from shared.domain.repayment_orders import NOT_SENT, RepaymentOrder
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees

ZONE = "Asia/Kolkata"
HERE = ZoneInfo(ZONE)
RULES = DebitRules(
    windows=(("05:00", "10:00"), ("13:00", "17:00"), ("21:30", "23:50")),
    attempts=4,
    notice_hours=24,
    tried_again=("insufficient_funds",),
)
DUE = date(2026, 2, 28)
INSTALMENT = rupees("969.73")
NEXT = OpenDue(1, DUE, INSTALMENT)
LATER = OpenDue(2, date(2026, 3, 31), INSTALMENT)
MANDATE = Mandate(
    mandate_id="mnd_1",
    loan_id="loan_1",
    borrower_id="brw_asha",
    payee_vpa="lender@upi",
    limit=rupees("2000"),
    valid_from=LENT_ON,
    valid_until=date(2028, 4, 30),
    link_until=date(2026, 2, 7),
    state="active",
    created_at=AT,
)


def at(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=HERE)


def planned(on: date, *dues: OpenDue, last: Debit | None = None, mandate: Mandate | None = MANDATE) -> Debit | None:
    return debits.planned(last, mandate, dues or (NEXT, LATER), RULES, loan_id="loan_1", zone=ZONE, on=on)


def of_the_due() -> Debit:
    debit = planned(DUE - timedelta(days=20))
    assert debit is not None
    return debit


NOTICED = at(DUE - timedelta(days=2), 10)


def goes_on(
    debit: Debit,
    when: datetime,
    *,
    order: RepaymentOrder | None = None,
    mandate: Mandate = MANDATE,
    noticed_at: datetime | None = NOTICED,
    unpaid: Money = INSTALMENT,
) -> tuple[Debit, Money | None]:
    known: dict[str, Any] = {"noticed_at": noticed_at, "unpaid": unpaid, "zone": ZONE, "at": when}
    return debits.next_step(debit, mandate, order, RULES, **known)


def tried(debit: Debit, when: datetime, reason: str | None = "insufficient_funds") -> tuple[Debit, RepaymentOrder]:
    """The debit after an attempt, and its order: failed, or open without a reason."""
    life = Life(contract())
    debit, amount = goes_on(debit, when)
    assert amount is not None
    order = debits.attempt(debit, life.loan, life.contract, amount, when)
    return debit, replace(order, state="failed" if reason else "sent", reason=reason)


def test_an_instalment_is_debited_on_its_due_date_and_tried_in_four_windows() -> None:
    debit = of_the_due()

    assert (debit.at, debit.until) == (at(DUE, 5), at(DUE + timedelta(days=1), 10))
    assert (debit.number, debit.amount, debit.debit_id) == (1, INSTALMENT, "1.2026-02-28")


def test_what_is_due_too_soon_for_a_notice_is_debited_as_soon_as_there_is_time_for_one() -> None:
    debit = planned(DUE - timedelta(days=1))

    assert debit is not None and debit.at == at(DUE + timedelta(days=1), 5)


def test_an_overdue_instalment_comes_first() -> None:
    debit = planned(DUE + timedelta(days=10))

    assert debit is not None and (debit.number, debit.at.date()) == (1, DUE + timedelta(days=12))


@pytest.mark.parametrize("state", ["created", "pending", "paused", "revoked", "failed"])
def test_only_an_active_mandate_has_a_debit(state: str) -> None:
    assert planned(LENT_ON, mandate=replace(MANDATE, state=state)) is None
    assert planned(LENT_ON, mandate=None) is None
    assert planned(LENT_ON, mandate=replace(MANDATE, valid_until=DUE)) is None


def test_no_more_than_the_mandates_limit_is_debited() -> None:
    debit = planned(LENT_ON, mandate=replace(MANDATE, limit=rupees("500")))

    assert debit is not None and debit.amount == rupees("500")


def test_there_is_one_debit_at_a_time_and_it_stays_as_it_was_told() -> None:
    debit = of_the_due()
    dearer = replace(NEXT, amount=rupees("1200"))

    assert planned(DUE - timedelta(days=1), dearer, last=debit) == debit
    assert planned(DUE, LATER, last=debit) is None
    assert planned(DUE, last=debit, mandate=replace(MANDATE, mandate_id="mnd_2")) is None


def test_a_due_that_a_bank_was_asked_for_has_had_its_turn_and_one_that_was_dropped_gets_another() -> None:
    over, dropped = replace(of_the_due(), state="failed", attempts=1), replace(of_the_due(), state="dropped")
    after = planned(DUE + timedelta(days=2), last=over)
    again = planned(DUE + timedelta(days=2), last=dropped)

    assert after is not None and (after.number, after.at.date()) == (2, LATER.due_on)
    assert again is not None and (again.number, again.debit_id) == (1, "1.2026-03-04")


@pytest.mark.parametrize(
    ("when", "is_asked"),
    [
        (at(DUE, 4, 59), False),
        (at(DUE, 5), True),
        (at(DUE, 9, 59), True),
        (at(DUE, 10), False),
        (at(DUE, 12, 59), False),
        (at(DUE, 13), True),
        (at(DUE, 17), False),
        (at(DUE, 21, 29), False),
        (at(DUE, 21, 30), True),
        (at(DUE + timedelta(days=1), 9, 59), True),
    ],
)
def test_a_bank_is_asked_in_the_windows_only(when: datetime, is_asked: bool) -> None:
    debit, amount = goes_on(of_the_due(), when)

    assert (debit.attempts, amount) == ((1, INSTALMENT) if is_asked else (0, None))
    assert debit.state == "planned"


@pytest.mark.parametrize(
    ("noticed_at", "is_asked"),
    [
        (None, False),
        (at(DUE, 13) - timedelta(hours=24), True),
        (at(DUE, 13) - timedelta(hours=24) + timedelta(seconds=1), False),
    ],
)
def test_a_debit_needs_its_notice_24_hours_before(noticed_at: datetime | None, is_asked: bool) -> None:
    _, amount = goes_on(of_the_due(), at(DUE, 13), noticed_at=noticed_at)

    assert (amount is not None) == is_asked


def test_a_debit_is_not_tried_after_what_its_notice_said() -> None:
    late = at(DUE + timedelta(days=1), 10)
    debit, amount = goes_on(of_the_due(), late)

    assert (debit.state, debit.reason, amount) == ("dropped", "not_in_time", None)
    after_a_try, order = tried(of_the_due(), at(DUE, 6))
    assert goes_on(after_a_try, late, order=order)[0].state == "failed"


@pytest.mark.parametrize(("unpaid", "asked"), [("1200", "969.73"), ("969.72", "969.72"), ("0.01", "0.01"), ("0", None)])
def test_no_more_is_debited_than_is_owed_at_that_moment_nor_than_was_told(unpaid: str, asked: str | None) -> None:
    debit, amount = goes_on(of_the_due(), at(DUE, 6), unpaid=rupees(unpaid))

    assert amount == (rupees(asked) if asked else None)
    assert debit.state == ("planned" if asked else "dropped")


def test_a_mandate_that_was_taken_back_ends_the_debit_and_one_that_is_paused_holds_it_up() -> None:
    ended, _ = goes_on(of_the_due(), at(DUE, 6), mandate=replace(MANDATE, state="revoked"))
    paused, amount = goes_on(of_the_due(), at(DUE, 6), mandate=replace(MANDATE, state="paused"))

    assert (ended.state, ended.reason) == ("dropped", "mandate_revoked")
    assert (paused, amount) == (of_the_due(), None)


def test_after_a_refusal_the_bank_is_asked_in_the_next_window_and_four_times_in_all() -> None:
    debit, asked = of_the_due(), list[datetime]()
    order: RepaymentOrder | None = None
    for quarters in range(4 * 30):
        when = at(DUE, 5) + timedelta(minutes=15 * quarters)
        debit, amount = goes_on(debit, when, order=order)
        if amount is not None:
            asked.append(when)
            life = Life(contract())
            order = replace(
                debits.attempt(debit, life.loan, life.contract, amount, when),
                state="failed",
                reason="insufficient_funds",
            )

    assert asked == [at(DUE, 5), at(DUE, 13), at(DUE, 21, 30), at(DUE + timedelta(days=1), 5)]
    assert (debit.state, debit.attempts, debit.reason) == ("failed", 4, "insufficient_funds")


@pytest.mark.parametrize(
    ("reason", "state"), [("account_closed", "failed"), ("insufficient_funds", "planned"), (NOT_SENT, "planned")]
)
def test_only_what_may_do_another_time_is_tried_again(reason: str, state: str) -> None:
    debit, order = tried(of_the_due(), at(DUE, 6), reason)

    assert goes_on(debit, at(DUE, 8), order=order)[0].state == state


def test_while_nobody_knows_what_became_of_an_attempt_there_is_no_other() -> None:
    debit, order = tried(of_the_due(), at(DUE, 6), None)

    for when in (at(DUE, 14), at(DUE + timedelta(days=1), 9), at(DUE + timedelta(days=30), 9)):
        assert goes_on(debit, when, order=order) == (debit, None)


def test_an_attempt_that_brought_money_ends_the_debit_even_if_it_went_back() -> None:
    debit, order = tried(of_the_due(), at(DUE, 6), None)
    paid = goes_on(debit, at(DUE, 14), order=replace(order, state="settled", received=INSTALMENT))[0]
    back = goes_on(debit, at(DUE, 14), order=replace(order, state="returned", received=rupees("0")))[0]

    assert (paid.state, back.state, back.reason) == ("settled", "failed", "returned")


def test_each_attempt_has_an_order_of_its_own_whoever_makes_it() -> None:
    first, _ = tried(of_the_due(), at(DUE, 6))
    names = {replace(first, attempts=number).order_id for number in (1, 2, 3, 4)}

    assert len(names) == 4 and replace(first, tried_at=at(DUE, 9), state="failed").order_id == first.order_id
    assert all(name.startswith("pay_") and len(name) == 30 for name in names)


def test_penal_charges_and_dues_of_later_are_not_debited() -> None:
    life = Life(contract()).until(date(2026, 4, 1))
    owed = debits.owed(life.loan, life.contract, of_the_due())

    assert len(life.loan.dues) == 2 and owed == INSTALMENT
    assert not debits.owed(replace(life.loan, state="closed"), life.contract, of_the_due())


@given(st.lists(st.tuples(st.integers(0, 72 * 4), st.sampled_from(["ok", "insufficient_funds", "open"])), max_size=30))
def test_no_history_of_runs_debits_twice_or_where_it_may_not(runs: list[tuple[int, str]]) -> None:
    """At any instants, with any answers: at most one attempt a window, four in all, none after one that brought money
    or of which nobody knows."""
    debit, order, asked = of_the_due(), None, list[tuple[datetime, str]]()
    for quarters, answer in sorted(runs):
        when = at(DUE, 0) + timedelta(minutes=15 * quarters)
        debit, amount = goes_on(debit, when, order=order)
        if amount is None:
            continue
        asked.append((when, answer))
        life = Life(contract())
        order = debits.attempt(debit, life.loan, life.contract, amount, when)
        states = {"ok": "settled", "insufficient_funds": "failed", "open": "sent"}
        order = replace(order, state=states[answer], reason=answer, received=amount if answer == "ok" else None)

    windows = [debits.window_at(RULES, ZONE, when) for when, _ in asked]
    assert None not in windows and len({*windows}) == len(windows) <= RULES.attempts
    assert all(answer == "insufficient_funds" for _, answer in asked[:-1])
    assert all(when < of_the_due().until for when, _ in asked)
