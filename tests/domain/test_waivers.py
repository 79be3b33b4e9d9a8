"""Waivers: who may have one and why not, the exact outcome before asking, and who may decide. Worked by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import delinquency, waiver_budget, waiver_terms, waivers
from shared.domain.allocation import Waterfall
from shared.domain.errors import CATALOGUE, Refused
from shared.domain.lateness import account, steps
from shared.domain.ledger import Grant
from shared.domain.money import Money
from shared.domain.penal import Penalty
from shared.domain.staff import Staff
from shared.domain.waiver_budget import PARTS, Part
from shared.domain.waiver_rules import WaiverProgramme
from shared.domain.waiver_terms import WHY_NOT, Eligibility, Outcome
from shared.domain.waivers import MOVES, Step, Waiver
from shared.markets import market
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees

INDIA = market("in", date(2026, 11, 22)).waivers
ORDER = ("interest", "principal", "fee")
PENAL = Penalty("charge", Decimal("0.24"), 3)
# Two dues of 969.73 each: 28 February and 31 March.
FEBRUARY, APRIL = date(2026, 2, 28), date(2026, 4, 1)
REVIEWER, APPROVER = Staff("stf_ravi", ("reviewer",)), Staff("stf_anita", ("approver",))
OTHER = Staff("stf_meera", ("reviewer", "approver"))


def overdue(on: date = APRIL, **changes: Any) -> Life:
    order = Waterfall(ORDER, ORDER, ("interest", "principal"), afterwards=("penalty",))
    return Life(contract(**{"penal": PENAL, "waterfall": order, **changes})).until(on)


def asked(life: Life, on: date = APRIL, programme: WaiverProgramme = INDIA, grade: str = "C") -> Eligibility:
    given: dict[str, Any] = {"grade": grade, "is_asked": False, "on": on, "at": AT}
    return waiver_terms.eligibility(life.loan, life.contract, life.entries, programme, **given)


def waiver(waived: int = 50_000, **changes: Any) -> Waiver:
    known: dict[str, Any] = {
        "waiver_id": "wvr_1",
        "loan_id": "loan_1",
        "borrower_id": "brw_asha",
        "market": "in",
        "currency": "INR",
        "state": "requested",
        "asked_by": "brw_asha",
        "asked_at": AT,
        "asked_on": APRIL,
        "reason": "lost_income",
        "days_past_due": 32,
        "grade": "C",
        "share": Decimal("0.5"),
        "outcome": Outcome(date(2026, 4, 16), 193_946, 2 * waived, waived),
        "decide_by": date(2026, 4, 6),
        "reserved": waived,
        "budget_month": "2026-04",
        "budget_part": 0,
    }
    return Waiver(**known | changes)


def decided(waiver: Waiver, member: Staff, approves: bool = True, on: date = APRIL) -> Waiver:
    return waivers.decided(waiver, INDIA, member, approves, "Seen the letter.", on=on, at=AT)


def test_the_outcome_is_known_to_the_paisa_before_asking() -> None:
    found = asked(overdue())

    # Small enough to be granted by rule, so by 11 April: 969.73 x 24 % x 39/365 = 24.87 and x 8/365 = 5.10.
    assert (found.days_past_due, found.share, found.why_not) == (32, Decimal("0.5"), ())
    assert found.outcome == Outcome(date(2026, 4, 11), 193_946, 2_997, 1_499)
    assert found.outcome.pay == 195_444


def test_who_must_be_looked_at_has_the_same_days_to_pay_after_the_last_day_of_the_review() -> None:
    found = asked(overdue(), programme=replace(INDIA, rule_most=0))

    assert found.outcome is not None and found.outcome.by == date(2026, 4, 16)


def test_an_instalment_that_falls_due_meanwhile_is_paid_besides() -> None:
    on = date(2026, 3, 25)
    life = overdue(on)
    found = asked(life, on)

    # To 4 April: 969.73 x 24 % x 32/365 = 20.40, three quarters of it given up.
    assert found.outcome == Outcome(date(2026, 4, 4), 96_973, 2_040, 1_530)
    life.grant(1_530, "974.83", on, date(2026, 4, 4)).until(date(2026, 4, 4))
    life.pay(rupees("974.83"), date(2026, 4, 4))
    # The younger instalment got the 5.10 before the old charge did: together they are an instalment again, and the
    # charge of its own first late day.
    assert life.balance("waivers") == 1_530
    assert sum(due.unpaid for due in life.loan.dues) == 96_973 + 64


@pytest.mark.parametrize(
    ("on", "grade", "why"),
    [
        (FEBRUARY, "C", ("nothing_overdue", "loan_age")),
        (date(2026, 3, 3), "C", ("too_early", "loan_age")),
        (date(2026, 3, 4), "C", ("loan_age",)),
        (date(2026, 3, 17), "C", ()),
        (date(2026, 5, 14), "C", ()),
        (date(2026, 5, 15), "C", ("too_late",)),
        (date(2026, 5, 14), "D", ("grade",)),
        (date(2026, 5, 29), "A", ("too_late", "wrong_bucket")),
    ],
)
def test_every_reason_against_a_waiver_is_told(on: date, grade: str, why: tuple[str, ...]) -> None:
    assert asked(overdue(on), on, grade=grade).why_not == why


def test_the_share_follows_days_and_grade() -> None:
    by_grade = [asked(overdue(), grade=grade).share for grade in "ABCDE"]
    by_days = [asked(overdue(on), on).share for on in (date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 30))]

    assert by_grade == [Decimal(share) for share in ("0.75", "0.75", "0.5", "0.5", "0.25")]
    assert by_days == [Decimal("0.75"), Decimal("0.5"), Decimal("0.25")]


def test_a_loan_has_one_waiver_whether_it_was_kept_or_not() -> None:
    on = date(2026, 4, 20)
    kept = overdue().grant(2_000, "1953.80", APRIL, date(2026, 4, 10))
    kept.pay(rupees("1980"), date(2026, 4, 10))
    lapsed = overdue().grant(2_000, "1953.80", APRIL, date(2026, 4, 10))

    assert asked(kept.until(on), on).why_not == ("nothing_overdue", "second_time")
    assert asked(lapsed.until(on), on).why_not == ("second_time",)


def test_a_waiver_that_was_taken_back_was_none() -> None:
    life = overdue().grant(2_000, "1953.80", APRIL, date(2026, 4, 10)).undo("waiver_granted.wvr_1")

    assert asked(life).why_not == ()


def test_relief_that_is_open_leaves_no_room_for_another() -> None:
    granted = overdue().grant(2_000, "1953.80", APRIL, date(2026, 4, 10))
    planned = overdue().plan(24, APRIL, date(2026, 5, 1), breaks_after_days=10)

    assert asked(granted).why_not == ("relief_open", "second_time")
    assert "relief_open" in asked(planned).why_not


def test_without_penal_charges_there_is_nothing_to_waive() -> None:
    assert asked(overdue(penal=replace(PENAL, cap_share=Decimal(0)))).why_not == ("nothing_to_waive",)


@pytest.mark.parametrize("on", [APRIL, date(2026, 4, 30), date(2026, 9, 1)])
def test_who_owes_only_penal_charges_is_not_late_and_may_ask_as_who_was_late_for_the_shortest_time(on: date) -> None:
    life = overdue()
    life.pay(rupees("1939.46"), APRIL)
    for due_on in (date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)):
        if due_on <= on:
            life.until(due_on).pay(rupees("969.73"), due_on)
    found = asked(life.until(on), on)

    # 18.49 to the day of the payment; nothing more comes to them, however long they are owed.
    assert (found.days_past_due, found.share, found.why_not) == (0, Decimal("0.75"), ())
    assert found.outcome == Outcome(on + timedelta(days=10), 0, 1_849, 1_387)


def test_old_penal_charges_make_nobody_later_than_he_is() -> None:
    life, on = overdue(), date(2026, 5, 10)
    life.pay(rupees("1939.46"), APRIL)
    found = asked(life.until(on), on)

    assert (found.days_past_due, found.share) == (10, Decimal("0.75"))


@given(st.integers(30, 120), st.lists(st.tuples(st.integers(28, 120), st.integers(1, 250_000)), max_size=4))
def test_a_waiver_counts_the_days_that_classes_and_reports_count(late: int, payments: list[tuple[int, int]]) -> None:
    life, on = overdue(FEBRUARY), LENT_ON + timedelta(days=late)
    for days, minor in sorted(payments):
        if days <= late:
            life.until(LENT_ON + timedelta(days=days)).pay(Money(minor, "INR"), LENT_ON + timedelta(days=days))
    found, life_of = asked(life.until(on), on), steps(life.loan, life.contract, life.entries)

    assert found.days_past_due == delinquency.days_past_due(account(life_of), on)


def test_every_reason_why_not_is_a_sentence() -> None:
    assert all(sentence.endswith(".") for sentence in WHY_NOT.values())


@given(st.integers(0, 70), st.sampled_from("ABCDE"), st.data())
def test_who_pays_what_was_said_in_time_owes_no_more_than_what_fell_due_meanwhile(
    late: int, grade: str, data: st.DataObject
) -> None:
    """Whenever it is paid until the last day, in one sum or two; and no more is given up than was said."""
    on = max(FEBRUARY + timedelta(days=late), date(2026, 3, 17))
    life = overdue(on)
    found = asked(life, on, grade=grade)
    if found.outcome is None:
        assert found.why_not
        return
    promised = found.outcome
    grant = waivers.grant_of(waiver(asked_on=on, outcome=promised), life.loan, life.contract, AT)
    assert grant == Grant("wvr_1", promised.pay, promised.by, penalty=promised.waived)
    life.grant(grant.penalty, f"{Decimal(grant.pay) / 100}", on, grant.by)
    days = (promised.by - on).days
    first, second = sorted((data.draw(st.integers(0, days)), data.draw(st.integers(0, days))))
    part = data.draw(st.integers(1, promised.pay - 1))
    life.pay(Money(part, "INR"), on + timedelta(days=first))
    life.pay(Money(promised.pay - part, "INR"), on + timedelta(days=second))
    life.check()

    fallen = [entry.due for entry in life.entries if entry.due and entry.due.due_on > on]
    assert life.loan.grant is None
    assert 0 <= life.balance("waivers") <= promised.waived
    own = sum(due.penalised for due in life.loan.dues if due.due_on > on)
    assert sum(due.unpaid for due in life.loan.dues) <= sum(due.unpaid for due in fallen) + own
    if first == days and not fallen:
        assert (life.balance("waivers"), life.loan.excess, life.loan.ahead) == (promised.waived, 0, 0)


@given(st.booleans(), st.integers(4, 70))
def test_a_minor_unit_or_a_day_too_little_gives_nothing_up(is_late: bool, late: int) -> None:
    on = max(FEBRUARY + timedelta(days=late), date(2026, 3, 17))
    life = overdue(on)
    promised = asked(life, on).outcome
    assert promised is not None
    life.grant(promised.waived, f"{Decimal(promised.pay) / 100}", on, promised.by)
    life.pay(Money(promised.pay - (not is_late), "INR"), promised.by + timedelta(days=is_late))
    life.until(promised.by + timedelta(days=2)).check()

    assert life.balance("waivers") == 0
    assert waivers.state_on(waiver(state="granted", outcome=promised), life.entries, promised.by) == "lapsed"


def test_what_was_paid_while_somebody_looked_need_not_be_paid_again() -> None:
    life = overdue()
    promised = asked(life).outcome
    assert promised is not None
    life.pay(rupees("1000"), APRIL)
    grant = waivers.grant_of(waiver(outcome=promised), life.loan, life.contract, AT)

    # 18.49 of the first due's charge is kept; 939.46 of the second runs on: x 24 % x 8/365 = 4.94.
    assert (grant.penalty, grant.pay) == (1_499, 93_946 + 1_849 + 494 - 1_499)
    life.pay(rupees("1000"), APRIL)
    with pytest.raises(Refused) as refusal:
        waivers.grant_of(waiver(outcome=promised), life.loan, life.contract, AT)
    assert refusal.value.code == "nothing_to_waive"


@pytest.mark.parametrize(
    ("waived", "members", "state"),
    [
        (25_000, [REVIEWER], "granted"),
        (25_000, [APPROVER], "granted"),
        (25_001, [REVIEWER], "approved"),
        (25_001, [REVIEWER, OTHER], "granted"),
        (25_001, [APPROVER], "granted"),
        (50_001, [APPROVER], "approved"),
        (50_001, [APPROVER, REVIEWER], "granted"),
        (50_001, [REVIEWER, APPROVER], "granted"),
        (50_001, [REVIEWER, Staff("stf_three", ("reviewer",))], "approved"),
        (50_001, [REVIEWER, Staff("stf_three", ("reviewer",)), APPROVER], "granted"),
    ],
)
def test_the_larger_the_amount_the_more_must_agree(waived: int, members: list[Staff], state: str) -> None:
    found = waiver(waived)
    for member in members:
        found = decided(found, member)

    assert found.state == state
    assert [step.by for step in found.steps] == [member.staff_id for member in members]
    assert found.steps[-1].action == ("grant" if state == "granted" else "approve")


def test_nobody_approves_their_own() -> None:
    own = waiver(asked_by=REVIEWER.staff_id)
    once = decided(waiver(50_001), OTHER)

    for found, member in ((own, REVIEWER), (once, OTHER)):
        with pytest.raises(Refused) as refusal:
            decided(found, member)
        assert refusal.value.code == "own_approval"
    assert decided(once, OTHER, approves=False).state == "declined"


@pytest.mark.parametrize("state", ["granted", "declined", "reversed"])
def test_a_waiver_is_decided_once(state: str) -> None:
    with pytest.raises(Refused) as refusal:
        decided(waiver(state=state), REVIEWER)

    assert refusal.value.code == "waiver_decided"


def test_what_nobody_decided_in_time_is_no_more() -> None:
    assert decided(waiver(1), REVIEWER, on=date(2026, 4, 6)).state == "granted"
    assert waivers.state_on(waiver(), (), date(2026, 4, 7)) == "expired"

    with pytest.raises(Refused) as refusal:
        decided(waiver(1), REVIEWER, on=date(2026, 4, 7))
    assert refusal.value.code == "waiver_decided"


def test_what_became_of_a_waiver_is_read_from_the_books() -> None:
    granted, by = waiver(state="granted"), date(2026, 4, 10)
    kept = overdue().grant(2_000, "1953.80", APRIL, by)
    kept.pay(rupees("1953.80"), by)
    lapsed = overdue().grant(2_000, "1953.80", APRIL, by).until(date(2026, 4, 11))

    assert waivers.state_on(granted, kept.entries, by) == "kept"
    assert waivers.state_on(granted, lapsed.entries, by) == "lapsed"
    assert waivers.given_up(granted, kept.entries) == kept.balance("waivers") > 0
    kept.comes_back(1)
    assert waivers.state_on(granted, kept.entries, by) == "granted"


@pytest.mark.parametrize(("state", "can"), [("granted", True), ("kept", True), ("lapsed", False), ("requested", False)])
def test_only_what_stands_can_be_taken_back(state: str, can: bool) -> None:
    found = waiver(state="granted" if state in ("granted", "kept", "lapsed") else state)
    if can:
        assert waivers.reversed_by(found, APPROVER, "False papers.", state, at=AT).state == "reversed"
        return
    with pytest.raises(Refused) as refusal:
        waivers.reversed_by(found, APPROVER, "False papers.", state, at=AT)

    assert refusal.value.code == "waiver_decided"


def test_every_move_leads_to_a_state_and_every_end_is_an_end() -> None:
    ends = {"lapsed", "declined", "expired", "reversed"}

    assert {state for moves in MOVES.values() for state in moves.values()} | {"requested"} == MOVES.keys()
    assert {state for state, moves in MOVES.items() if not moves} == ends
    assert {"own_approval", "waiver_decided", "nothing_to_waive"} <= CATALOGUE.keys()


@given(st.integers(0, 10_000), st.lists(st.tuples(st.text(max_size=5), st.integers(1, 900)), max_size=60))
def test_a_months_budget_is_never_exceeded_whoever_asks(whole: int, wanted: list[tuple[str, int]]) -> None:
    parts = {number: Part("in", "2026-04", number) for number in range(PARTS)}
    for name, amount in wanted:
        part = waiver_budget.room(parts.values(), whole, amount, name)
        if part is not None:
            parts[part.number] = waiver_budget.reserved(part, amount)

    assert sum(part.reserved for part in parts.values()) <= whole
    assert sum(waiver_budget.size(whole, number) for number in range(PARTS)) == whole


@given(st.lists(st.integers(0, 100), min_size=PARTS, max_size=PARTS), st.integers(1, 120), st.text(max_size=5))
def test_only_when_no_part_has_room_is_a_waiver_refused(spent: list[int], wanted: int, name: str) -> None:
    parts = [Part("in", "2026-04", number, reserved) for number, reserved in enumerate(spent)]
    left = waiver_budget.left(parts, 100 * PARTS)
    found = waiver_budget.room(parts, 100 * PARTS, wanted, name)

    assert (found is None) == all(reserved + wanted > 100 for reserved in spent) == (wanted > left.for_one)
    assert left.together == 100 * PARTS - sum(spent)


def test_what_is_left_in_pieces_is_no_room_for_a_large_waiver_and_the_refusal_says_how_much_is() -> None:
    parts = [Part("in", "2026-04", number, 40) for number in range(PARTS)]
    left = waiver_budget.left(parts, 100 * PARTS)
    assert (left.together, left.for_one) == (960, 60)
    assert waiver_budget.room(parts, 100 * PARTS, 61, "wvr_1") is None

    with pytest.raises(Refused) as refusal:
        waiver_terms.require(asked(overdue()), left)
    assert refusal.value.members == {"why_not": ("budget_spent",), "budget_left_minor": 60}


def test_a_step_says_who_and_why() -> None:
    made = decided(waiver(1), REVIEWER)

    assert made.steps == (Step("grant", "stf_ravi", False, AT, "Seen the letter."),)
