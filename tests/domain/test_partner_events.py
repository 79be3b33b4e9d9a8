"""What a partner is told: one event for each thing that happened, numbered without a gap, and nothing of a person."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from shared.domain.partner_events import (
    DELIVERED,
    GIVEN_UP,
    PARKED,
    WAITING,
    WAITS,
    answered,
    cloud_event,
    delivery,
    events,
)
from tests.domain.lending import Life, contract, rupees

AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def lived() -> Life:
    life = Life(contract())
    life.until(date(2026, 2, 28))
    life.pay(rupees("969.73"), date(2026, 2, 28))
    return life


def types(life: Life) -> list[str]:
    return [event.type for event in events(life.loan, life.contract, life.entries)]


def test_a_loan_begins_with_its_sanction_and_tells_what_moved_but_not_what_fell_due() -> None:
    assert types(lived()) == ["loan.sanctioned", "loan.disbursed", "loan.repaid"]


def test_events_are_numbered_without_a_gap_and_their_sequence_sorts_as_it_counts() -> None:
    life = lived()
    life.pay(rupees("969.73"), date(2026, 3, 5))
    found = events(life.loan, life.contract, life.entries)

    assert [event.number for event in found] == list(range(1, len(found) + 1))
    assert sorted(event.sequence for event in found) == [event.sequence for event in found]
    assert all(len(event.sequence) == 10 for event in found)


def test_what_was_told_stays_as_it_was_whatever_comes_later() -> None:
    life = lived()
    before = events(life.loan, life.contract, life.entries)
    life.comes_back(1)
    after = events(life.loan, life.contract, life.entries)

    assert after[: len(before)] == before


def test_a_payment_that_comes_back_is_told_as_the_reversal_of_its_event() -> None:
    life = lived().comes_back(1)
    *_, last = events(life.loan, life.contract, life.entries)

    assert (last.type, last.data["reverses"]) == ("loan.reversed", "loan_1.3")


def test_postings_are_those_of_the_ledger_so_that_the_lenders_own_books_can_follow() -> None:
    life = lived()
    repaid = events(life.loan, life.contract, life.entries)[-1]
    booked = sum(made["minor"] for made in repaid.data["postings"] if made["debit"] == "lender_funds")

    assert booked == rupees("969.73").minor


def test_the_end_of_a_loan_is_told() -> None:
    assert types(lived().write_off(date(2026, 9, 30)))[-1] == "loan.written_off"


def test_an_event_is_a_cloud_event_and_says_nothing_of_the_borrower() -> None:
    life = lived()
    made = [cloud_event(event) for event in events(life.loan, life.contract, life.entries)]

    for each in made:
        assert each["specversion"] == "1.0" and each["id"] == f"loan_1.{int(each['sequence'])}"
        assert each["type"].startswith("minnow.loan.") and each["subject"] == "loan_1" and each["time"].endswith("Z")
    assert "brw_" not in json.dumps(made)


def test_a_delivery_is_tried_at_ever_longer_waits_over_three_days_and_then_given_up() -> None:
    life = lived()
    tried, at, waits = delivery(events(life.loan, life.contract, [])[0], WAITING), AT, list[timedelta]()
    while (tried := answered(tried, 503, at)).state == WAITING:
        assert tried.next_try is not None
        waits.append(tried.next_try - at)
        at = tried.next_try

    assert tuple(waits) == WAITS and waits == sorted(waits) and waits[0] == timedelta(seconds=5)
    assert timedelta(days=2, hours=20) < at - AT <= timedelta(days=3)
    assert (tried.state, tried.next_try, tried.said) == (GIVEN_UP, None, "503")


def test_any_2xx_delivers_and_410_parks() -> None:
    life = lived()
    new = delivery(events(life.loan, life.contract, [])[0], WAITING)

    assert {answered(new, status, AT).state for status in (200, 202, 204, 299)} == {DELIVERED}
    assert answered(replace(new, tries=4), 410, AT).state == PARKED
    assert {answered(new, status, AT).state for status in (None, 302, 400, 401, 404, 429, 500)} == {WAITING}
