"""A debit is planned, placed, asked for and heard of, each step killed anywhere and done again: one debit, in time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from shared.adapters.notices import Notices
from shared.adapters.rails import DebitNews, MandateNews
from shared.application.attend_loan import look
from shared.application.check_book import is_book_right
from shared.application.give_mandate import hear_mandate
from shared.application.hear_mandate_news import hear_mandate_news
from shared.application.send_debit import end_mandate
from shared.domain.debits import PATIENCE
from shared.domain.errors import Unavailable
from shared.domain.repayment_orders import NOT_SENT
from tests.application.debiting import (
    DAY,
    DEBITED,
    DUE,
    INSTALMENT,
    DebitDesk,
    asked,
    at,
    lent,
    lost,
    noticed,
    placed,
    planned,
    refused,
)
from tests.application.desk import Death, Killed
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.domain.lending import rupees


def sent_again(desk: DebitDesk) -> None:
    """The reply is lost; the message comes again, when the rail answers."""
    desk.send()
    desk.bank.loses = False
    desk.send(DEBITED + timedelta(minutes=3))


@dataclass(frozen=True)
class Step:
    """`orders` are the states of the attempts, `paid` how often money was booked."""

    before: Callable[[DebitDesk], object]
    verb: Callable[[DebitDesk], object]
    debit: str
    orders: list[str]
    paid: int = 0


STEPS = {
    "planned": Step(lent, DebitDesk.plan, "planned", []),
    "placed": Step(noticed, DebitDesk.place, "planned", ["ordered"]),
    "asked for, and paid at once": Step(placed, DebitDesk.send, "planned", ["settled"], 1),
    "asked for, and its reply lost": Step(lost, sent_again, "planned", ["settled"], 1),
    "heard to be paid": Step(asked, DebitDesk.hear_paid, "planned", ["settled"], 1),
    "heard to have failed": Step(asked, DebitDesk.hear_failed, "planned", ["failed"]),
    "placed again": Step(refused, lambda desk: desk.place(at(DUE, 13, 20)), "planned", ["failed", "ordered"]),
    "over": Step(refused, lambda desk: desk.place(at(DUE + DAY, 13, 20)), "failed", ["failed"]),
    "paid by hand": Step(noticed, lambda desk: paid_by_hand(desk), "dropped", [], 1),
}


def paid_by_hand(desk: DebitDesk) -> None:
    if not desk.items("order"):
        desk.order()
    [order] = desk.orders()
    desk.receive(order=order.repayment_id)
    desk.place()


@pytest.fixture
def desk(death: Death) -> DebitDesk:
    return DebitDesk(death)


def is_as_wanted(desk: DebitDesk, step: Step) -> None:
    attempts = sorted((order for order in desk.orders() if order.method == "mandate"), key=lambda each: each.ordered_at)
    assert (desk.debit().state, [order.state for order in attempts]) == (step.debit, step.orders)
    assert desk.kinds().count("repayment") == step.paid
    assert sum(amount.minor for amount in desk.bank.taken.values()) in (0, INSTALMENT.minor)
    assert is_book_right(desk.loan_id, loans=desk.loans)


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, death: Death) -> None:
    killed_at_each_call(lambda: DebitDesk(death), STEPS[name], is_as_wanted, death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: DebitDesk) -> None:
    done_three_times(desk, STEPS[name], is_as_wanted)


def test_an_order_goes_to_whoever_asks_the_rail_and_so_does_a_mandate_that_was_taken_back(desk: DebitDesk) -> None:
    placed(desk)
    desk.revoke()

    assert desk.tasks() == ["mnd_", "pay_"]


def test_no_notice_no_debit(desk: DebitDesk) -> None:
    planned(desk)

    for hours in range(30):
        debit = desk.place(at(DUE, 0) + timedelta(hours=hours))
        assert debit is not None and (debit.state, debit.attempts) == ("planned", 0)
    dropped = desk.place(at(DUE + DAY, 13))
    assert dropped is not None and (dropped.state, dropped.reason) == ("dropped", "not_in_time")
    assert desk.orders() == []


def test_a_debit_that_was_missed_is_planned_anew_with_a_notice_of_its_own(desk: DebitDesk) -> None:
    noticed(desk)
    desk.place(at(DUE + 5 * DAY, 8))
    look(desk.loan_id, at(DUE + 5 * DAY, 8), (), loans=desk.loans)
    fresh = desk.debit()

    assert (fresh.state, fresh.number, fresh.at) == ("planned", 1, at(DUE + 7 * DAY, 5))
    assert Notices(desk.loans.table).find(desk.loan_id, fresh.notice_id) is None
    desk.place(at(DUE + 7 * DAY, 6))
    assert desk.orders() == []


def test_what_was_paid_in_part_by_hand_is_debited_less(desk: DebitDesk) -> None:
    noticed(desk)
    desk.order("300")
    desk.receive("300")
    desk.place()
    [attempt] = [order for order in desk.orders() if order.method == "mandate"]

    assert attempt.amount == INSTALMENT - rupees("300")


def test_what_is_paid_between_the_order_and_the_rail_is_not_debited(desk: DebitDesk) -> None:
    placed(desk)
    desk.order()
    [by_hand] = [order for order in desk.orders() if order.method == "upi"]
    desk.receive(order=by_hand.repayment_id)
    order = desk.send()

    assert (order.state, order.reason, desk.bank.known) == ("failed", NOT_SENT, {})
    ended = desk.place(at(DUE, 13, 20))
    assert ended is not None and ended.reason == "nothing_owed"


def test_a_mandate_taken_back_between_the_order_and_the_rail_debits_nothing(desk: DebitDesk) -> None:
    placed(desk)
    desk.revoke()

    assert (desk.send().reason, desk.bank.known) == (NOT_SENT, {})
    ended = desk.place(at(DUE, 13, 20))
    assert ended is not None and (ended.state, ended.reason) == ("failed", "mandate_revoked")


def test_a_message_that_comes_after_the_window_asks_and_does_not_debit(desk: DebitDesk) -> None:
    placed(desk)

    assert desk.send(at(DUE, 10, 1)).state == "failed"
    assert desk.bank.known == {}
    again = desk.place(at(DUE, 13, 20))
    assert again is not None and again.attempts == 2
    assert desk.send(at(DUE, 13, 21)).state == "settled"


def test_what_may_be_with_the_rail_fails_only_once_no_rail_could_take_it(desk: DebitDesk) -> None:
    """Its sender was killed between marking it and the call; then the window ends."""
    placed(desk)
    almost, death = at(DUE, 9, 58), desk.bank.death
    for call in count(1):
        death.at_call(call, False)
        with pytest.raises(Killed):
            desk.send(almost)
        death.at_call(0, False)
        if desk.orders()[0].state == "sent":
            break

    assert desk.bank.known == {} and desk.send(at(DUE, 10, 1)).state == "sent"
    assert desk.send(almost + PATIENCE).state == "failed"


def test_while_the_rail_does_not_say_there_is_no_other_attempt(desk: DebitDesk) -> None:
    asked(desk)

    for when in (at(DUE, 13, 20), at(DUE + DAY, 6), at(DUE + 10 * DAY, 6)):
        debit = desk.place(when)
        assert debit is not None and (debit.state, debit.attempts) == ("planned", 1)


def test_a_rail_that_takes_no_such_debit_has_failed_it(desk: DebitDesk) -> None:
    placed(desk)
    desk.bank.refuses = True

    assert (desk.send().state, desk.orders()[0].reason) == ("failed", "refused by the rail (422)")
    assert desk.hear_paid() == desk.loan_id
    assert desk.orders()[0].state == "settled"


def test_old_news_does_not_undo_money_that_came(desk: DebitDesk) -> None:
    asked(desk)
    desk.hear_paid()
    desk.hear_failed()

    assert desk.orders()[0].state == "settled"


def test_news_of_nobodys_debit_is_told_so(desk: DebitDesk) -> None:
    news = DebitNews(type="debit.failed", reference="pay_nobodys", reason="insufficient_funds")

    assert hear_mandate_news(news, loans=desk.loans) is False


def test_a_rail_hears_of_the_end_of_a_mandate_as_soon_as_it_answers(desk: DebitDesk) -> None:
    rail: Any = desk.bank
    desk.lent()
    desk.give()
    [mandate] = desk.items("mandate")
    desk.bank.loses = True
    with pytest.raises(Unavailable):
        end_mandate(mandate["mandate_id"], loans=desk.loans, rails=lambda _: rail)
    desk.bank.loses = False
    end_mandate(mandate["mandate_id"], loans=desk.loans, rails=lambda _: rail)

    assert desk.bank.ended == [mandate["mandate_id"]]


def test_a_link_that_is_used_after_all_is_ended_at_the_rail_again(desk: DebitDesk) -> None:
    lent(desk)
    desk.revoke()
    [before] = desk.items("mandate")
    hear_mandate(MandateNews(type="mandate.active", reference=before["mandate_id"]), loans=desk.loans)
    [after] = desk.items("mandate")

    assert (after["state"], after["task"]) == ("revoked", "debit") and after["version"] > before["version"]


class Meanwhile:
    """At one call of a verb, before it is made, something else happens whole."""

    def __init__(self, at_call: int, happens: Callable[[], object]) -> None:
        self.at_call, self.happens, self.calls = at_call, happens, 0

    def before(self) -> None:
        self.calls += 1
        if self.calls == self.at_call:
            self.happens()

    def after(self) -> None:
        """Nothing happens between a call and its reply that does not happen before the next call too."""


@pytest.mark.parametrize(
    ("before", "verb", "other"),
    [
        (noticed, DebitDesk.place, DebitDesk.place),
        (placed, DebitDesk.send, DebitDesk.send),
        (asked, DebitDesk.send, DebitDesk.hear_paid),
        (noticed, DebitDesk.place, lambda desk: paid_by_hand(desk)),
        (placed, DebitDesk.send, DebitDesk.revoke),
    ],
    ids=["placed at once", "asked for at once", "asked and heard", "placed and paid", "asked for and taken back"],
)
def test_of_two_at_once_at_any_call_there_is_one_debit_at_most(
    before: Callable[[DebitDesk], object],
    verb: Callable[[DebitDesk], object],
    other: Callable[[DebitDesk], object],
    death: Death,
) -> None:
    for call in count(1):
        desk = DebitDesk(death)
        before(desk)
        desk.store.watched_by = meanwhile = Meanwhile(call, lambda desk=desk: other(desk))  # type: ignore[misc]
        verb(desk)
        desk.store.watched_by = None
        desk.bank.says = "settled"
        for minutes in (0, 3):
            if desk.debit().attempts:
                desk.send(DEBITED + timedelta(minutes=minutes))

        attempts = [order for order in desk.orders() if order.method == "mandate"]
        assert len(attempts) <= 1 and desk.kinds().count("repayment") <= 1
        assert len(desk.bank.taken) + len([each for each in desk.orders() if each.method == "upi"]) <= 1
        assert is_book_right(desk.loan_id, loans=desk.loans)
        if meanwhile.calls < call:
            break
    assert call > 3
