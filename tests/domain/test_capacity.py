"""Capacity in parts: never above the limits, however it was taken, given back, freed, and whenever limits changed."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.domain.capacity import (
    PARTS,
    Part,
    Reservation,
    freed,
    given_back,
    largest_room,
    level,
    reserved,
    room,
)
from shared.domain.partners import Partner
from tests.sandbox import PARTNERS, TODAY

LARGEST = PARTNERS["tapti"].largest_minor


def partner(capital: int, daily: int) -> Partner:
    return replace(PARTNERS["tapti"], capital_minor=capital, daily_minor=daily)


def parts(*outstanding: int) -> list[Part]:
    amounts = (*outstanding, *[0] * (PARTS - len(outstanding)))
    return [Part("tapti", number, amount) for number, amount in enumerate(amounts)]


def lend(lender: Partner, held: list[Part], minor: int, on: date = TODAY, name: str = "loan") -> bool:
    part = room(lender, held, minor, on, name)
    if part is not None:
        held[part.number] = reserved(part, minor, on)
    return part is not None


def test_a_loan_takes_its_principal_of_the_capital_and_of_the_day() -> None:
    held = parts()
    assert lend(partner(10**12, 10**12), held, 500)
    (part,) = [each for each in held if each.outstanding]

    assert (part.outstanding, part.day, part.lent) == (500, TODAY, 500)


def test_the_same_name_tries_the_same_part_first_and_names_spread_over_all() -> None:
    lender = partner(10**12, 10**12)
    tried = [room(lender, parts(), 1, TODAY, f"loan_{number}") for number in range(500)]

    assert tried == [room(lender, parts(), 1, TODAY, f"loan_{number}") for number in range(500)]
    assert {part.number for part in tried if part} == set(range(PARTS))


def test_the_day_after_its_cap_is_whole_again_and_the_capital_is_not() -> None:
    lender, held = partner(3 * LARGEST, 2 * LARGEST), parts()
    assert lend(lender, held, LARGEST) and lend(lender, held, LARGEST)

    assert not lend(lender, held, LARGEST)
    assert lend(lender, held, LARGEST, TODAY + timedelta(1))
    assert not lend(lender, held, LARGEST, TODAY + timedelta(2))


def test_a_clock_that_is_late_counts_on_the_later_day() -> None:
    lender, held = partner(10 * LARGEST, LARGEST), parts()
    assert lend(lender, held, LARGEST, TODAY)

    assert not lend(lender, held, LARGEST, TODAY - timedelta(1))


def test_a_partner_of_small_means_lends_all_it_has() -> None:
    lender, held = partner(LARGEST, LARGEST), parts()

    assert lend(lender, held, LARGEST) and not lend(lender, held, 1)


def test_a_partner_without_capital_lends_nothing() -> None:
    assert largest_room(partner(0, 10**12), parts(), TODAY) == 0
    assert not lend(partner(10**12, 0), parts(), 1)


def test_a_lowered_limit_counts_what_is_out_already() -> None:
    """Eight parts hold a hundred each; halved, the whole is spent, and the other parts take nothing more."""
    lender = partner(800, 10**12)

    assert largest_room(lender, parts(*[100] * 8), TODAY) == 0
    assert level([100] * 8 + [0] * 8, 800, 16) == 0
    assert level([100] * 4 + [0] * 12, 1600, 16) == 100
    assert level([400] * 2 + [0] * 14, 1600, 16) == 800 // 14


def test_what_was_never_paid_out_is_given_back_to_its_day_while_that_lasts() -> None:
    part = reserved(reserved(Part("tapti", 3), 500, TODAY), 300, TODAY)
    held = Reservation("loan_1", "tapti", 3, 500, TODAY)
    tomorrow = reserved(part, 200, TODAY + timedelta(1))

    assert (given_back(part, held).outstanding, given_back(part, held).lent) == (300, 300)
    assert (given_back(tomorrow, held).outstanding, given_back(tomorrow, held).lent) == (500, 200)


def test_principal_that_comes_back_frees_the_fullest_parts_first() -> None:
    changed = {part.number: part.outstanding for part in freed(parts(50, 80, 10), 100)}

    assert changed == {1: 0, 0: 30}


def test_more_than_is_out_frees_all_and_no_more() -> None:
    assert [part.outstanding for part in freed(parts(50, 80), 1_000)] == [0, 0]
    assert freed(parts(50), 0) == ()


def test_a_payment_that_was_called_back_is_outstanding_again() -> None:
    (part,) = freed(parts(*[50] * 15), -30)

    assert (part.number, part.outstanding) == (15, 30)


@given(st.lists(st.integers(0, 10**6), min_size=PARTS, max_size=PARTS), st.integers(0, 10**7), st.integers(1, PARTS))
def test_filled_to_the_level_all_parts_together_are_within_the_whole(filled: list[int], whole: int, count: int) -> None:
    up_to = level(filled, whole, count)
    full = [max(amount, up_to) if number < count else amount for number, amount in enumerate(filled)]

    assert sum(full) <= max(whole, sum(filled))
    # Filling one up to the level leaves the level where it is.
    if up_to and filled[0] <= up_to:
        assert level([up_to, *filled[1:]], whole, count) == up_to


class Lending(RuleBasedStateMachine):
    """Loans that are taken, cancelled, repaid, while the limits change: what is newly taken keeps within them."""

    def __init__(self) -> None:
        super().__init__()
        self.lender, self.held, self.on = partner(20 * LARGEST, 12 * LARGEST), parts(), TODAY
        self.loans: list[Reservation] = []
        self.refused_with_room = False

    @rule(minor=st.integers(LARGEST // 100, LARGEST), name=st.text(max_size=5))
    def lend(self, minor: int, name: str) -> None:
        part = room(self.lender, self.held, minor, self.on, name)
        if part is None:
            self.refused_with_room |= largest_room(self.lender, self.held, self.on) >= minor
            return
        self.held[part.number] = reserved(part, minor, self.on)
        self.loans.append(Reservation(name, "tapti", part.number, minor, self.on))
        assert sum(each.outstanding for each in self.held) <= self.lender.capital_minor
        assert sum(each.lent_on(self.on) for each in self.held) <= self.lender.daily_minor

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if self.loans:
            loan = data.draw(st.sampled_from(self.loans))
            self.loans.remove(loan)
            self.held[loan.part] = given_back(self.held[loan.part], loan)

    @rule(minor=st.integers(-LARGEST, 3 * LARGEST))
    def repay(self, minor: int) -> None:
        for part in freed(self.held, minor):
            self.held[part.number] = part

    @rule(capital=st.integers(0, 30), daily=st.integers(0, 30))
    def change(self, capital: int, daily: int) -> None:
        self.lender = partner(capital * LARGEST, daily * LARGEST)

    @rule()
    def sleep(self) -> None:
        self.on += timedelta(1)

    @invariant()
    def nothing_is_below_nothing(self) -> None:
        assert all(part.outstanding >= 0 and part.lent >= 0 for part in self.held)

    @invariant()
    def who_is_refused_found_no_part_with_room(self) -> None:
        assert not self.refused_with_room


TestLending = Lending.TestCase
