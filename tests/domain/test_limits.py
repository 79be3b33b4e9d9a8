"""A limit holds whatever is reserved, drawn, released and repaid, and comes back as it is repaid."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import limits
from shared.domain.errors import Refused
from shared.domain.limits import Drawn, Reservation, SpendingLimit
from shared.domain.money import Money
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees

NOTHING = Money(0, "INR")
SOON = AT + timedelta(minutes=10)


def limit(granted: str = "30000", instalment: str = "5000", **changes: object) -> SpendingLimit:
    made = SpendingLimit("brw_asha", "app_1", "in", rupees(granted), "A", rupees(instalment), AT, date(2027, 1, 30))
    return replace(made, **changes)  # type: ignore[arg-type]


def held(amount: str, checkout_id: str = "checkout_1") -> Reservation:
    return Reservation(checkout_id, rupees(amount), SOON)


@given(st.lists(st.tuples(st.integers(1, 40_000), st.integers(0, 20)), max_size=12), st.integers(0, 30_000))
def test_what_is_reserved_and_used_is_never_more_than_was_granted(asked: list[tuple[int, int]], used: int) -> None:
    now, at, owed = limit(), AT, rupees(str(used))
    for number, (amount, minutes) in enumerate(asked):
        at += timedelta(minutes=minutes)
        try:
            limits.require_free(now, owed, rupees(str(amount)), at)
        except Refused:
            continue
        wanted = Reservation(f"checkout_{number}", rupees(str(amount)), at + timedelta(minutes=10))
        now = limits.reserved(now, wanted, at)

        stands = limits.standing(now, owed, at)
        assert stands.reserved + stands.used <= stands.granted
        assert stands.free == stands.granted - stands.used - stands.reserved


def test_a_reservation_counts_until_its_last_instant() -> None:
    now = limits.reserved(limit(), held("20000"), AT)

    assert limits.standing(now, NOTHING, SOON - timedelta(microseconds=1)).free == rupees("10000")
    assert limits.standing(now, NOTHING, SOON).free == rupees("30000")
    with pytest.raises(Refused) as refusal:
        limits.drawn(now, "checkout_1", rupees("20000"), Drawn("loan_1", rupees("900")), SOON)
    assert refusal.value.code == "checkout_over"


def test_a_reservation_becomes_a_loan_once() -> None:
    now = limits.drawn(
        limits.reserved(limit(), held("20000"), AT), "checkout_1", rupees("20000"), Drawn("loan_1", rupees("900")), AT
    )

    assert (now.reserved, [each.loan_id for each in now.drawn]) == ((), ["loan_1"])
    with pytest.raises(Refused):
        limits.drawn(now, "checkout_1", rupees("20000"), Drawn("loan_2", rupees("900")), AT)


def test_the_instalments_of_all_purchases_are_within_what_the_income_leaves_room_for() -> None:
    now = limits.reserved(limits.reserved(limit(), held("9000"), AT), held("9000", "checkout_2"), AT)
    now = limits.drawn(now, "checkout_1", rupees("9000"), Drawn("loan_1", rupees("3000")), AT)
    assert limits.instalment_left(now) == rupees("2000")

    with pytest.raises(Refused) as refusal:
        limits.drawn(now, "checkout_2", rupees("9000"), Drawn("loan_2", rupees("2000.01")), AT)
    assert refusal.value.code == "limit_exceeded"


def test_a_loan_counts_whole_until_it_is_paid_out_and_then_with_what_is_unpaid() -> None:
    terms = contract(fees="0", instalments=12)
    assert limits.owed(Life(terms, lent_on=None).loan, terms, LENT_ON, AT) == rupees("20000").minor
    life = Life(terms)
    life.pay(rupees("5000"), LENT_ON)

    assert limits.owed(life.loan, terms, LENT_ON, AT) == life.loan.principal < rupees("20000").minor


def test_what_was_written_off_is_still_taken_of_the_limit() -> None:
    life = Life(contract(fees="0")).until(date(2026, 6, 30)).write_off(date(2026, 6, 30))

    assert limits.owed(life.loan, life.contract, date(2026, 6, 30), AT) >= rupees("20000").minor
    with pytest.raises(Refused):
        limits.require_on_time([(life.loan, life.contract)], date(2026, 6, 30), AT)


def test_a_loan_is_late_from_the_day_after_its_due_date_on() -> None:
    life = Life(contract(fees="0"))

    assert not limits.is_behind(life.loan, life.contract, date(2026, 2, 28), AT)
    assert limits.is_behind(life.loan, life.contract, date(2026, 3, 1), AT)


def test_a_closed_loan_is_remembered_for_as_long_as_its_payment_may_be_called_back() -> None:
    life = Life(contract(fees="0"))
    life.pay(rupees("25000"), LENT_ON, "foreclosure")
    now = limit(drawn=(Drawn("loan_1", rupees("900")),))
    month_later = LENT_ON + limits.REMEMBERED

    assert limits.without_ended(now, [life.loan], month_later).drawn == (Drawn("loan_1", NOTHING),)
    assert limits.without_ended(now, [life.loan], month_later + timedelta(1)).drawn == ()


def test_a_new_decision_keeps_what_is_taken() -> None:
    now = limits.reserved(limit(drawn=(Drawn("loan_1", rupees("900")),)), held("9000"), AT)
    new = limits.renewed(now, limit("20000"))

    assert (new.granted, new.reserved, new.drawn) == (rupees("20000"), now.reserved, now.drawn)
    assert new.version == now.version + 1


@pytest.mark.parametrize(("found", "code"), [(None, "limit_missing"), (limit(), "limit_over")])
def test_a_limit_that_is_not_there_any_more_is_refused(found: SpendingLimit | None, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        limits.require_usable(found, date(2027, 1, 31))
    assert refusal.value.code == code
