"""What a lender is told of a loan's class: each change once, in the loan's own sequence, and always a true history."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters import class_news
from shared.adapters.outbox import Outbox
from shared.adapters.webhooks import Webhooks
from shared.application.see_loan import see_loan
from shared.application.tell_partner import events_of_loan, tell_step
from shared.domain.class_news import ClassNews, fresh, standing
from shared.domain.delinquency import Change
from tests.application.desk import Killed
from tests.application.post import Office, at
from tests.domain.lending import LENT_ON, Life, contract, rupees

DAY = timedelta(days=1)
DUE = date(2026, 2, 28)
PARTNER = "partner"


def late(days: int) -> Office:
    """Nothing was paid, and nobody was told anything so far."""
    office = Office(Life(contract(fees="0")))
    office.life.until(DUE + days * DAY)
    return office.booked()


def told(office: Office) -> list[Any]:
    """All events of the loan, as its lender gets them."""
    return list(events_of_loan(PARTNER, office.loan_id, loans=office.loans))


def held(events: Sequence[Any]) -> list[tuple[str, str]]:
    """What a lender who follows the events takes the history of the class to be: what is reversed, it strikes out."""
    kept: dict[str, tuple[str, str]] = {}
    for event in events:
        if event["type"] == "minnow.loan.class_changed":
            kept[event["id"]] = (event["data"]["class"], event["data"]["changed_on"])
        elif event["type"] == "minnow.loan.reversed":
            kept.pop(event["data"]["reverses"], None)
    return list(kept.values())


def known(office: Office, on: date) -> list[tuple[str, str]]:
    """The dated history by the books, up to the day before."""
    found = see_loan(office.loan_id, at(on), loans=office.loans)
    return [(change.now, change.on.isoformat()) for change in found.classes]


def test_each_class_that_a_late_loan_comes_to_is_told_once_on_the_day_after() -> None:
    office = late(31)
    for days in (1, 2, 30, 31, 31):
        office.tell(DUE + days * DAY)

    assert held(told(office)) == [("SMA-0", "2026-02-28"), ("SMA-1", "2026-03-30")]
    [first, second] = [event["data"] for event in told(office) if "class" in event["data"]]
    assert (first["was"], first["days_past_due"], first["cause"]) == ("standard", 0, "days")
    assert (second["was"], second["days_past_due"]) == ("SMA-0", 30)


def test_the_loan_lies_under_the_day_on_which_its_lender_is_to_hear_of_the_next_class() -> None:
    office = late(1)
    office.tell(DUE + DAY)
    seen: list[date] = []
    while (listed := office.listed_on()) is not None and listed <= DUE + 31 * DAY:
        seen.append(listed)
        office.life.until(listed)
        office.booked()
        office.tell(listed)

    assert DUE + 31 * DAY in seen
    assert held(told(office))[-1] == ("SMA-1", "2026-03-30")


def test_a_payment_that_is_entered_late_reverses_what_was_told_and_tells_what_holds() -> None:
    office = late(31)
    office.tell(DUE + 31 * DAY)
    before = told(office)
    office.life.pay(rupees("969.73"), DUE + 3 * DAY)
    office.booked()
    office.tell(DUE + 31 * DAY, 12)
    after = told(office)

    assert after[: len(before)] == before
    assert held(after) == known(office, DUE + 31 * DAY)
    reversed_ids = [event["data"]["reverses"] for event in after if event["type"] == "minnow.loan.reversed"]
    [sma_1] = [event["id"] for event in before if event["data"].get("class") == "SMA-1"]
    assert sma_1 in reversed_ids


def test_a_payment_that_comes_back_makes_the_class_what_it_would_have_been() -> None:
    office = late(31)
    paid_on = DUE + 2 * DAY
    office.life.pay(rupees("969.73"), paid_on)
    office.booked()
    office.tell(DUE + 31 * DAY)
    assert ("standard", paid_on.isoformat()) in held(told(office))
    office.life.comes_back(1)
    office.booked()
    office.tell(DUE + 31 * DAY, 12)

    assert held(told(office)) == [("SMA-0", "2026-02-28"), ("SMA-1", "2026-03-30")]


MOVES = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["look", "look", "pay", "pay late", "comes back", "all"])),
    min_size=4,
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(MOVES)
def test_whatever_happens_what_was_told_stays_and_what_stands_is_the_history(moves: list[tuple[int, str]]) -> None:
    office, on, seen = Office(Life(contract(fees="0"))), DUE, list[Any]()
    returned = 0
    for gap, what in moves:
        on += gap * DAY
        life = office.life.until(on)
        owed = sum(due.unpaid for due in life.loan.dues)
        if what in ("pay", "pay late") and life.loan.state == "active":
            life.pay(rupees("969.73"), on - 9 * DAY if what == "pay late" else on)
        elif what == "all" and owed and life.loan.state == "active":
            life.pay(rupees(f"{owed // 100}.{owed % 100:02}"), on)
        elif what == "comes back" and life.paid > returned:
            returned += 1
            life.comes_back(returned)
        office.booked()
        office.tell(on)
        now = told(office)

        assert now[: len(seen)] == seen
        assert [event["sequence"] for event in now] == [f"{number:010}" for number in range(1, len(now) + 1)]
        assert held(now) == known(office, on)
        seen = now


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
def test_killed_at_any_call_the_news_is_written_once(comes_after: bool) -> None:
    for call in count(1):
        office = late(31)
        office.death.at_call(call, comes_after)
        try:
            office.tell(DUE + 31 * DAY)
        except Killed:
            is_done = False
        else:
            is_done = True
        office.death.at_call(0, False)
        office.tell(DUE + 31 * DAY, 13)

        [news] = class_news.of_loan(office.loans.table, office.loan_id)
        assert [change.now for change in news.changes] == ["SMA-0", "SMA-1"]
        if is_done:
            break
    assert call > 4


def test_the_relay_is_told_and_the_lender_gets_it_under_its_number() -> None:
    office = late(31)
    office.tell(DUE + 31 * DAY)
    [news] = class_news.of_loan(office.loans.table, office.loan_id)
    item = office.loans.table.get(office.loan_id, class_news.place(news))
    assert item is not None and item["tells"] == "partner"
    outbox, nobody = Outbox(office.loans.table), Webhooks(None, "/test", None)  # type: ignore[arg-type]
    given_to: dict[str, Any] = {"partners": office.post.partners, "outbox": outbox, "hooks": nobody}
    deliveries = [
        tell_step(office.loan_id, item["sk"], at(DUE + 31 * DAY, hour), loans=office.loans, **given_to)
        for hour in (13, 14)
    ]

    assert [[each.event["data"]["class"] for each in made] for made in deliveries] == [["SMA-0", "SMA-1"], []]


def test_whoever_has_a_slow_clock_undoes_nothing_that_was_told_of_a_later_day() -> None:
    office = late(31)
    office.tell(DUE + 31 * DAY)
    office.tell(DUE + 29 * DAY, 23)

    assert held(told(office)) == [("SMA-0", "2026-02-28"), ("SMA-1", "2026-03-30")]


CHANGES = [Change(LENT_ON + n * DAY, "standard", name, n, None) for n, name in enumerate("ABCD")]


@given(st.lists(st.lists(st.sampled_from(CHANGES), max_size=4), max_size=6))
def test_what_stands_is_the_latest_history_whatever_the_histories_before_were(histories: list[list[Change]]) -> None:
    news: list[ClassNews] = []
    for number, history in enumerate(histories):
        made = fresh(news, history, date.max, number, at(LENT_ON))
        assert (made is None) == (list(standing(news).values()) == history)
        news += [made] if made else []

        assert list(standing(news).values()) == history
        assert fresh(news, history, date.max, number, at(LENT_ON)) is None
    numbers = [number for each in news for number, _ in each.numbered]
    assert numbers == list(range(1, len(numbers) + 1))
