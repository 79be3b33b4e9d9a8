"""Days past due and classes: the regulator's dates, cures, pauses, and a slow oracle that walks day by day."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations_with_replacement, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.delinquency import (
    STANDARD,
    Account,
    Change,
    DueHistory,
    Pause,
    Scale,
    arrears_since,
    classification,
    counted,
    days_past_due,
    history,
    loan_class,
    merged,
    next_change_on,
)

INDIA = Scale((("SMA-0", 0), ("SMA-1", 30), ("SMA-2", 60), ("NPA", 90)), "NPA")
CHINA = Scale((("M1", 1), ("M2", 31), ("M3", 61), ("M4+", 91)))
DUE = date(2026, 3, 31)
START = date(2026, 1, 1)


def account(*dues: tuple[date, date | None], pauses: Sequence[tuple[date, date]] = ()) -> Account:
    histories = (DueHistory(number, due_on, settled_on) for number, (due_on, settled_on) in enumerate(dues, 1))
    return Account(tuple(histories), tuple(Pause(since, until) for since, until in pauses))


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.mark.parametrize(
    ("on", "days", "named"),
    [
        (date(2026, 3, 30), 0, STANDARD),
        (date(2026, 3, 31), 0, "SMA-0"),
        (date(2026, 4, 1), 1, "SMA-0"),
        (date(2026, 4, 29), 29, "SMA-0"),
        (date(2026, 4, 30), 30, "SMA-1"),
        (date(2026, 5, 29), 59, "SMA-1"),
        (date(2026, 5, 30), 60, "SMA-2"),
        (date(2026, 6, 28), 89, "SMA-2"),
        (date(2026, 6, 29), 90, "NPA"),
    ],
)
def test_the_regulators_dates_come_out_for_a_due_of_31_march(on: date, days: int, named: str) -> None:
    late = account((DUE, None))

    assert (days_past_due(late, on), classification([late], INDIA, on)) == (days, named)


def test_a_due_paid_on_its_day_was_never_late() -> None:
    paid = account((DUE, DUE))

    assert days_past_due(paid, DUE) == 0
    assert history([paid], INDIA) == ()


def test_in_china_a_month_past_due_begins_with_the_first_day() -> None:
    assert [(change.on - DUE).days for change in history([account((DUE, None))], CHINA)] == [1, 31, 61, 91]


def test_a_loan_that_is_not_yet_non_performing_follows_its_oldest_open_due() -> None:
    part_paid = account((DUE, date(2026, 5, 10)), (date(2026, 4, 30), None))

    assert [(change.on, change.now, change.due_on) for change in history([part_paid], INDIA, date(2026, 5, 10))] == [
        (DUE, "SMA-0", DUE),
        (date(2026, 4, 30), "SMA-1", DUE),
        (date(2026, 5, 10), "SMA-0", date(2026, 4, 30)),
    ]


def test_a_non_performing_loan_stays_so_until_all_arrears_are_paid_and_is_standard_at_once_then() -> None:
    all_but_one = account((DUE, date(2026, 7, 1)), (date(2026, 6, 30), date(2026, 7, 20)))

    assert classification([all_but_one], INDIA, date(2026, 7, 19)) == "NPA"
    assert history([all_but_one], INDIA)[-1] == Change(date(2026, 7, 20), "NPA", STANDARD, 0, None)


def test_arrears_paid_on_the_day_of_the_next_due_leave_no_day_end_without_arrears() -> None:
    broken = account((DUE, date(2026, 6, 30)), (date(2026, 6, 30), None))

    assert classification([broken], INDIA, date(2026, 6, 30)) == "NPA"
    assert arrears_since([broken], date(2026, 6, 30)) == DUE


def test_a_cured_loan_that_is_late_again_begins_anew() -> None:
    again = account((DUE, date(2026, 7, 1)), (date(2026, 8, 31), None))

    assert classification([again], INDIA, date(2026, 8, 31)) == "SMA-0"
    assert arrears_since([again], date(2026, 9, 5)) == date(2026, 8, 31)


def test_a_borrower_is_what_his_worst_loan_is() -> None:
    mild, bad = account((date(2026, 6, 20), None)), account((date(2026, 4, 25), None))

    assert classification([mild, bad], INDIA, date(2026, 6, 28)) == "SMA-2"
    assert loan_class(mild, [bad], INDIA, date(2026, 6, 28)) == "SMA-0"


def test_a_non_performing_loan_takes_all_loans_of_its_borrower_until_all_arrears_of_all_are_paid() -> None:
    bad = account((DUE, date(2026, 7, 5)))
    mild = account((date(2026, 6, 20), date(2026, 7, 10)))
    in_order = account((date(2026, 6, 1), date(2026, 6, 1)))

    assert loan_class(in_order, [bad, mild], INDIA, date(2026, 6, 28)) == STANDARD
    assert loan_class(in_order, [bad, mild], INDIA, date(2026, 6, 29)) == "NPA"
    assert loan_class(bad, [in_order, mild], INDIA, date(2026, 7, 9)) == "NPA"
    assert loan_class(bad, [in_order, mild], INDIA, date(2026, 7, 10)) == STANDARD


def test_the_next_change_is_that_of_a_loan_on_which_nothing_more_is_paid() -> None:
    paid_later = account((DUE, date(2026, 5, 5)))

    assert next_change_on([paid_later], INDIA, date(2026, 3, 1)) == DUE
    assert next_change_on([paid_later], INDIA, DUE) == date(2026, 4, 30)
    assert next_change_on([paid_later], INDIA, date(2026, 5, 4)) == date(2026, 5, 30)
    assert next_change_on([paid_later], INDIA, date(2026, 5, 5)) is None
    assert next_change_on([account((DUE, None))], INDIA, date(2026, 6, 29)) is None


def test_paused_days_do_not_count_and_the_class_comes_later_by_them() -> None:
    paused = account((DUE, None), pauses=[(date(2026, 4, 30), date(2026, 5, 9))])

    assert days_past_due(paused, date(2026, 5, 9)) == 29
    assert [change.on for change in history([paused], INDIA)][:2] == [DUE, date(2026, 5, 10)]


def test_a_day_in_two_pauses_is_left_out_once() -> None:
    """Every two intervals within 8 days: apart, touching, overlapping, one in the other, the same, and reversed."""
    ends = [*combinations_with_replacement(range(-1, 7), 2), (4, 2)]
    for first in ends:
        for second in ends:
            pauses = [Pause(day(since), day(until)) for since, until in (first, second)]
            for on in range(8):
                in_a_pause = {n for since, until in (first, second) for n in range(since, until + 1)}
                left = sum(1 for n in range(1, on + 1) if n not in in_a_pause)

                assert counted(day(0), day(on), pauses) == left, (first, second, on)


def test_merged_pauses_share_no_day() -> None:
    pauses = [Pause(day(5), day(9)), Pause(day(1), day(6)), Pause(day(2), day(3)), Pause(day(20), day(19))]

    assert merged(pauses) == ((day(1), day(9)),)


DUES = st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(0, 320)), max_size=7)
PAUSES = st.lists(st.tuples(st.integers(-5, 250), st.integers(0, 60)), max_size=3)
ACCOUNTS = st.lists(
    st.builds(
        lambda dues, pauses: account(
            *((day(due), None if paid is None else day(paid)) for due, paid in sorted(dues, key=lambda due: due[0])),
            pauses=[(day(since), day(since + length)) for since, length in pauses],
        ),
        DUES,
        PAUSES,
    ),
    min_size=1,
    max_size=3,
)


def slow_classes(accounts: Sequence[Account], scale: Scale, days: int) -> list[tuple[int, str]]:
    """Days past due and class at the end of each day, by walking through all days: a counter for each due."""
    found, named = [], STANDARD
    waited = {(n, due.number): 0 for n, each in enumerate(accounts) for due in each.dues}
    for on in map(day, range(days)):
        late = []
        for n, each in enumerate(accounts):
            counts = not any(pause.since <= on <= pause.until for pause in each.pauses)
            for due in each.dues:
                waited[n, due.number] += counts and due.due_on < on
            is_open = [d for d in each.dues if d.due_on <= on and not (d.settled_on and d.settled_on <= on)]
            late += [waited[n, due.number] for due in is_open[:1]]
        if not late:
            named = STANDARD
        elif named != scale.non_performing:
            named = (STANDARD, *(name for name, since in scale.buckets if since <= max(late)))[-1]
        found.append((max(late, default=0), named))
    return found


@given(ACCOUNTS, st.sampled_from([INDIA, CHINA]))
def test_the_class_of_every_day_is_that_of_an_oracle_that_walks_day_by_day(
    accounts: list[Account], scale: Scale
) -> None:
    slow = slow_classes(accounts, scale, 460)
    changes = history(accounts, scale)
    fast, named = [], STANDARD
    by_day = {change.on: change for change in changes}
    for on in map(day, range(460)):
        named = by_day[on].now if on in by_day else named
        fast.append((max(days_past_due(each, on) for each in accounts), named))

    assert fast == slow
    assert all(was.now == now.was and was.on < now.on for was, now in pairwise(changes))
    for number in (0, 90, 210, 459):
        assert classification(accounts, scale, day(number)) == slow[number][1]


@given(ACCOUNTS, st.integers(0, 330), st.sampled_from([INDIA, CHINA]))
def test_the_next_change_is_the_oracles_next_change_when_payments_stop(
    accounts: list[Account], on: int, scale: Scale
) -> None:
    unpaid = [
        Account(
            tuple(
                DueHistory(d.number, d.due_on, d.settled_on if d.settled_on and d.settled_on <= day(on) else None)
                for d in each.dues
            ),
            each.pauses,
        )
        for each in accounts
    ]
    slow = [named for _, named in slow_classes(unpaid, scale, 640)]
    expected = next((day(n) for n in range(on + 1, 640) if slow[n] != slow[n - 1]), None)

    assert next_change_on(accounts, scale, day(on)) == expected


@given(ACCOUNTS, st.integers(0, 330))
def test_arrears_began_on_the_first_day_of_an_unbroken_run_of_days_with_something_open(
    accounts: list[Account], on: int
) -> None:
    def is_late(n: int) -> bool:
        return any(due.is_open(day(n)) for each in accounts for due in each.dues)

    first = on
    while first > 0 and is_late(first - 1):
        first -= 1

    assert arrears_since(accounts, day(on)) == (day(first) if is_late(on) else None)
