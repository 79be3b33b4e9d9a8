"""The oracle of the simulation agrees with the engine, loan for loan and day for day, and would tell if it did not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from shared.domain.contract import Contract
from shared.domain.dues import next_due_on
from shared.domain.endings import debt
from shared.domain.money import Money
from shared.domain.plan_terms import Choice, new_terms
from shared.markets import market
from tests.domain.lending import AT, Life
from tests.simulation.compare import NOTHING, Difference, Found, differences
from tests.simulation.deals import deal
from tests.simulation.facts import Fact
from tests.simulation.oracle import ByHand
from tests.simulation.plans import KINDS, choice
from tests.simulation.told import Look, Walk

LENT_ON = date(2027, 1, 31)
NONE: Mapping[str, date] = MappingProxyType({})
DAY = timedelta(days=1)
THROUGH_ALL = LENT_ON + 430 * DAY
# Each: after how many days, minor units, and for what.
PAYMENTS = st.lists(
    st.tuples(
        st.integers(0, 420),
        st.one_of(st.integers(1, 5), st.integers(1, 400_000), st.integers(1, 3_500_000)),
        st.sampled_from(["instalment", "instalment", "prepayment", "foreclosure", "cooling_off"]),
    ),
    max_size=10,
    unique_by=lambda payment: payment[0],
)


def agreed(seed: int) -> Contract:
    return deal("in" if seed % 2 else "cn", LENT_ON, Random(seed))[0]


def lived(
    contract: Contract,
    payments: list[tuple[int, int, str]],
    through: date,
    waiver: tuple[int, int, int, int] | None = None,
) -> tuple[Found, ByHand]:
    """The same loan by the engine and by hand. A waiver comes after the payments of its day."""
    life, facts = Life(contract, LENT_ON), [Fact(LENT_ON, "disbursed", "pout_1")]
    waits = waiver
    for days, minor, purpose in sorted(payments):
        on = LENT_ON + days * DAY
        if waits and waits[0] < days:
            facts, waits = [*facts, *granted(life, waits)], None
        life.pay(Money(minor, contract.currency), on, purpose)
        facts.append(Fact(on, "received", f"upi.payment.upi{life.paid}", minor, purpose))
    facts += granted(life, waits) if waits else []
    life.until(through)
    found = Found(life.loan, contract, tuple(life.entries), {}, through)
    return found, ByHand(contract).live(facts, through)


def granted(life: Life, waiver: tuple[int, int, int, int]) -> list[Fact]:
    """The fact, where the loan takes a waiver on that day."""
    days, to_pay_days, pay, waived = waiver
    on = LENT_ON + days * DAY
    by = on + to_pay_days * DAY
    life.until(on)
    if life.loan.state != "active":
        return []
    life.grant(waived, str(Decimal(pay) / 100), on, by)
    return [Fact(on, "granted", "wvr_1", pay, by=by, waived=waived)]


# After how many days, how many days there are to pay, what, and what is given up then.
WAIVERS = st.none() | st.tuples(
    st.integers(32, 300), st.integers(0, 40), st.integers(1, 500_000), st.integers(1, 9_000)
)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**6), PAYMENTS, WAIVERS)
def test_with_a_waiver_kept_or_not_they_agree_too(
    seed: int, payments: list[tuple[int, int, str]], waiver: tuple[int, int, int, int] | None
) -> None:
    contract = agreed(seed)
    note(f"{contract.product_id} {contract.terms}")

    assert [str(each) for each in differences(*lived(contract, payments, THROUGH_ALL, waiver), {})] == []


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**6), PAYMENTS)
def test_the_engine_and_the_oracle_agree(seed: int, payments: list[tuple[int, int, str]]) -> None:
    contract = agreed(seed)
    note(f"{contract.product_id} {contract.terms}")

    assert [str(each) for each in differences(*lived(contract, payments, THROUGH_ALL), {})] == []


def planned(life: Life, facts: list[Fact], kind: str, on: date, seed: int) -> list[Fact]:
    """The fact, where by hand the loan may have such a plan on that day: then it may, and on the same terms."""
    here, contract = Walk(life.contract).on(Look(on, tuple(facts))), life.contract
    asked, rules = choice(here, kind, on, Random(seed)), market(contract.market, on)
    life.until(on)
    allowed = replace(rules.plans, all_in_cap=rules.all_in_cap)
    if asked is None:
        return []
    terms = new_terms(life.loan, contract, allowed, Choice(kind, asked.amount), plan_id="plan_1", on=on, at=AT)
    life.agree(terms, on)
    return [Fact(on, "planned", "plan_1", asked.amount, purpose=kind, terms=asked.terms)]


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10**6), PAYMENTS, st.sampled_from(KINDS), st.integers(20, 300), st.booleans())
def test_with_a_plan_kept_or_broken_they_agree_too(
    seed: int, payments: list[tuple[int, int, str]], kind: str, days: int, is_kept: bool
) -> None:
    contract, on = agreed(seed), LENT_ON + days * DAY
    note(f"{contract.product_id} {contract.terms}")
    life, facts = Life(contract, LENT_ON), [Fact(LENT_ON, "disbursed", "pout_1")]

    def paid(after: int, minor: int, purpose: str) -> None:
        on = LENT_ON + after * DAY
        life.pay(Money(minor, contract.currency), on, purpose)
        facts.append(Fact(on, "received", f"upi.payment.upi{life.paid}", minor, purpose))

    for payment in sorted(payments):
        if payment[0] <= days:
            paid(*payment)
    facts += planned(life, facts, kind, on, seed)
    while is_kept and (due_on := next_due_on(life.loan, contract)) is not None and due_on <= THROUGH_ALL:
        life.until(due_on)
        paid((due_on - LENT_ON).days, max(sum(due.unpaid for due in life.loan.dues), 1), "instalment")
    for payment in sorted(payments):
        if payment[0] > days and not is_kept:
            paid(*payment)
    life.until(THROUGH_ALL)
    found = Found(life.loan, contract, tuple(life.entries), {}, THROUGH_ALL)

    assert [str(each) for each in differences(found, ByHand(contract).live(facts, THROUGH_ALL), {})] == []


# After how many days a settlement is offered, of what part of what is owed, and how many days there are to pay it.
OFFERS = st.none() | st.tuples(st.integers(20, 420), st.integers(1, 99), st.integers(0, 30))


@settings(max_examples=500, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    payments=PAYMENTS,
    written_off=st.none() | st.integers(20, 420),
    offer=OFFERS,
    comes_back=st.integers(0, 9),
)
def test_with_a_write_off_recoveries_and_a_settlement_they_agree_too(
    seed: int,
    payments: list[tuple[int, int, str]],
    written_off: int | None,
    offer: tuple[int, int, int] | None,
    comes_back: int,
) -> None:
    """What staff do comes after the payments of its day; one payment may bounce at the end, before it or after it."""
    contract = agreed(seed)
    note(f"{contract.product_id} {contract.terms}")
    life, facts = Life(contract, LENT_ON), [Fact(LENT_ON, "disbursed", "pout_1")]
    arrivals = {days: (minor, purpose) for days, minor, purpose in payments}
    for days in sorted({*arrivals, *([written_off] if written_off else []), *([offer[0]] if offer else [])}):
        on = LENT_ON + days * DAY
        if days in arrivals:
            minor, purpose = arrivals[days]
            life.pay(Money(minor, contract.currency), on, purpose)
            facts.append(Fact(on, "received", f"upi.payment.upi{life.paid}", minor, purpose))
        if offer and offer[0] == days:
            facts += offered(life, facts, on, *offer[1:])
        if written_off == days and life.until(on).loan.state == "active":
            life.write_off(on)
            facts.append(Fact(on, "written_off", "1"))
    life.until(THROUGH_ALL)
    if 0 < comes_back <= life.paid:
        life.comes_back(comes_back).until(THROUGH_ALL)
        facts = [fact for fact in facts if fact.name != f"upi.payment.upi{comes_back}"]
    found = Found(life.loan, contract, tuple(life.entries), {}, THROUGH_ALL)

    assert [str(each) for each in differences(found, ByHand(contract).live(facts, THROUGH_ALL), {})] == []


def offered(life: Life, facts: list[Fact], on: date, share: int, days: int) -> list[Fact]:
    """The fact, where by hand anything is owed that day: then it is as much as the product says."""
    owed = Walk(life.contract).on(Look(on, tuple(facts))).debt(on)
    life.until(on)
    if owed <= 0 or life.loan.grant or life.loan.watched:
        return []
    assert debt(life.loan, life.contract, on).minor == owed
    pay, by = max(owed * share // 100, 1), on + days * DAY
    life.grant(0, str(Decimal(pay) / 100), on, by, closes=True)
    return [Fact(on, "offered", f"wvr_{life.reliefs}", pay, by=by)]


# Late, paid in full after the night, and one instalment that nobody paid.
PAID = [(40, 150_000, "instalment"), (70, 400_000, "instalment")]
THROUGH = LENT_ON + 100 * DAY


def told(found: Found, by_hand: ByHand, notices: Mapping[str, date] = NONE) -> list[Difference]:
    return differences(found, by_hand, notices)


def with_entry(found: Found, kind: str, **changes: Any) -> Found:
    """The same books, but that the first entry of a kind says something else."""
    first = next(entry for entry in found.entries if entry.kind == kind)
    changed = tuple(replace(each, **changes) if each is first else each for each in found.entries)
    return replace(found, entries=changed)


def test_a_penal_charge_of_a_paisa_more_is_found_with_its_loan_and_day() -> None:
    found, by_hand = lived(agreed(1), PAID, THROUGH)
    right = next(entry for entry in found.entries if entry.kind == "penal_charge")
    (line,) = right.penalties
    wrong = with_entry(found, "penal_charge", penalties=(replace(line, amount=line.amount + 1),))
    first = told(wrong, by_hand)[0]

    assert told(found, by_hand) == []
    assert (first.loan_id, first.on, first.what) == (found.loan.loan_id, right.effective_on, "penal charge")
    assert (first.expected, first.found) == (f"1 penalty {line.amount}", f"1 penalty {line.amount + 1}")


def test_a_due_on_another_day_is_found_on_both_days() -> None:
    found, by_hand = lived(agreed(1), PAID, THROUGH)
    right = next(entry for entry in found.entries if entry.kind == "due")
    wrong = with_entry(found, "due", effective_on=right.effective_on + DAY)
    dues = [each for each in told(wrong, by_hand) if each.what == "due 1"]

    assert [each.on for each in dues] == [right.effective_on, right.effective_on + DAY]
    assert dues[0].found == dues[1].expected == NOTHING


def test_a_payment_that_never_happened_is_found_in_books_classes_and_accounts() -> None:
    found, _ = lived(agreed(1), PAID, THROUGH)
    _, by_hand = lived(agreed(1), PAID[:1], THROUGH)

    assert {"received upi.payment.upi2", "accounts", "days past due", "class"} <= {
        each.what for each in told(found, by_hand)
    }


def test_a_head_that_is_not_the_fold_of_its_entries_is_found() -> None:
    found, by_hand = lived(agreed(1), PAID, THROUGH)
    wrong = replace(found, loan=replace(found.loan, accrued=found.loan.accrued + 1))

    assert "The head is the fold of the entries." in [each.what for each in told(wrong, by_hand)]


def test_a_notice_that_is_missing_or_too_much_is_found() -> None:
    found, by_hand = lived(agreed(1), PAID, THROUGH)
    sent = replace(found, notices={"receipt.upi1": LENT_ON, "receipt.upi3": LENT_ON, "upcoming.3.due.4": LENT_ON})
    wanted = {"receipt.upi1": LENT_ON, "receipt.upi2": LENT_ON, "upcoming.3.due.4": LENT_ON + DAY}
    sides = [(each.what, each.expected, each.found) for each in told(sent, by_hand, wanted)]

    assert sides == [
        ("receipt.upi2", f"sent on {LENT_ON}", NOTHING),
        ("receipt.upi3", NOTHING, f"sent on {LENT_ON}"),
        ("upcoming.3.due.4", f"sent on {LENT_ON + DAY}", f"sent on {LENT_ON}"),
    ]


def test_of_a_loan_that_is_overdue_as_a_whole_nothing_is_to_come() -> None:
    on = LENT_ON + 500 * DAY
    _, early = lived(agreed(1), [], THROUGH)
    _, late = lived(agreed(1), [], on)

    assert early.dues_to_come(THROUGH) and not late.dues_to_come(on)
