"""A rail tells only of its own money: what another signs changes nothing, and money that it says has come is held."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.adapters.held import Held
from shared.domain.errors import Unavailable
from tests.application.debiting import asked
from tests.application.desk import Death
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.application.rails_desk import RailsDesk
from tests.domain.lending import rupees

Before = Callable[[RailsDesk], str]


def paid_out(desk: RailsDesk) -> str:
    desk.disburse()
    return desk.payout_id()


def lent(desk: RailsDesk) -> str:
    desk.lent()
    return desk.payout_id()


def with_mandate(desk: RailsDesk) -> str:
    desk.lent()
    desk.give()
    return desk.mandate_id()


def debited(desk: RailsDesk) -> str:
    asked(desk)
    return desk.debit().order_id


def on_its_way_back(desk: RailsDesk) -> str:
    desk.pay("upi", "EMI January")
    return desk.send_back()


REASON = {"reason": "closed"}
NEWS: dict[str, tuple[Before, dict[str, Any]]] = {
    "payout.settled": (paid_out, {"settled_on": "2026-01-31"}),
    "payout.failed": (paid_out, REASON),
    "payout.returned": (lent, REASON | {"returned_on": "2026-02-03"}),
    "mandate.paused": (with_mandate, {}),
    "mandate.revoked": (with_mandate, {}),
    "debit.failed": (debited, REASON),
    "refund.settled": (on_its_way_back, {}),
    "refund.failed": (on_its_way_back, REASON),
}
# India's page for cards, China's rails, and one that is in no pack.
OTHERS = ("card", "nucc", "cardcn", "another")


@pytest.fixture
def desk(death: Death) -> RailsDesk:
    return RailsDesk(death)


@pytest.mark.parametrize("kind", NEWS)
@pytest.mark.parametrize("rail", OTHERS)
def test_news_of_what_another_rail_moves_changes_nothing_and_is_told_so(kind: str, rail: str, desk: RailsDesk) -> None:
    before, facts = NEWS[kind]
    names = before(desk)
    desk.remembers()

    assert not desk.tell(rail, kind, names, **facts)
    assert not desk.has_changed()
    assert desk.tell("upi", kind, names, **facts)
    assert desk.has_changed()


@pytest.mark.parametrize("state", ["pending", "active", "failed"])
def test_a_mandate_is_given_by_the_rail_that_debits_by_it_alone(state: str, desk: RailsDesk) -> None:
    """Not by the one with the page on which it may have been signed, whose secret another door has."""
    desk.lent()
    desk.give(is_heard=False)

    assert not desk.tell("card", f"mandate.{state}", desk.mandate_id())
    assert [item["state"] for item in desk.items("mandate")] == ["created"]
    assert desk.tell("upi", f"mandate.{state}", desk.mandate_id())
    assert [item["state"] for item in desk.items("mandate")] == [state]


def test_news_of_a_debit_are_of_no_other_order(desk: RailsDesk) -> None:
    desk.lent()
    made = desk.order_by("upi")

    assert not desk.tell("upi", "debit.failed", made, reason="closed")
    assert [order.state for order in desk.orders()] == ["ordered"]


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("rail", OTHERS)
def test_what_came_by_one_rail_is_called_back_by_no_other(rail: str, is_held: bool, desk: RailsDesk) -> None:
    """It is looked for as that rail's own, and waits as news that overtook its payment does."""
    desk.lent()
    names = "EMI January" if is_held else desk.reference()
    desk.pay("upi", names)
    desk.remembers()

    with pytest.raises(Unavailable):
        desk.tell(rail, "payment.returned", names, payment_id="same_1")
    assert not desk.has_changed()
    desk.tell("upi", "payment.returned", names, payment_id="same_1")
    assert desk.has_changed()


@dataclass(frozen=True)
class Step:
    """Money by a rail that has no say in what its reference names: `names` makes the reference."""

    rail: str
    names: Callable[[RailsDesk], str]

    def before(self, desk: RailsDesk) -> None:
        desk.lent()
        desk.wanted = self.names(desk)
        desk.remembers()

    def verb(self, desk: RailsDesk) -> None:
        assert desk.pay(self.rail, desk.wanted) is None


STEPS = {
    "a transfer by a page": Step("card", RailsDesk.reference),
    "a transfer by another market's rail": Step("nucc", RailsDesk.reference),
    "an order's by another market's rail": Step("nucc", lambda desk: desk.order_by("upi")),
    "an order's by a page": Step("card", lambda desk: desk.order_by("upi")),
    "a card's by the rail of transfers": Step("upi", lambda desk: desk.order_by("card")),
    "a card's by another market's page": Step("cardcn", lambda desk: desk.order_by("card")),
}


def is_held_alone(desk: RailsDesk, step: Step) -> None:
    [held] = desk.held()
    assert (held.why, held.state, held.rail, held.amount) == ("other_rail", "held", step.rail, rupees("500"))
    assert not desk.has_changed(but="held")
    assert Held(desk.loans.table).waiting("INR", None, 5)[0] == [held]


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_money_by_a_rail_that_moves_no_such_money_is_held_wherever_it_is_killed(
    name: str, comes_after: bool, death: Death
) -> None:
    killed_at_each_call(lambda: RailsDesk(death), STEPS[name], is_held_alone, death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_money_by_a_rail_that_moves_no_such_money_is_held_once(name: str, desk: RailsDesk) -> None:
    done_three_times(desk, STEPS[name], is_held_alone)


@pytest.mark.parametrize("method", ["upi", "bank_transfer", "card"])
def test_money_for_an_order_is_booked_by_the_rail_of_its_method(method: str, desk: RailsDesk) -> None:
    desk.lent()

    assert desk.pay("card" if method == "card" else "upi", desk.order_by(method)) == desk.loan_id
    assert [order.state for order in desk.orders()] == ["settled"] and desk.held() == []


def test_another_currency_by_another_rail_leaves_the_order_as_it_is(desk: RailsDesk) -> None:
    """A rail that has no say in the loan does not even make its order unmatched."""
    desk.lent()
    made = desk.order_by("upi")
    desk.pay("nucc", made, amount={"minor": 100, "currency": "CNY"})

    assert [order.state for order in desk.orders()] == ["ordered"]
    assert [(each.why, each.amount.currency) for each in desk.held()] == [("other_rail", "CNY")]
