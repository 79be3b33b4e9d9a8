"""A payment that comes between any two calls of another step on its loan: both are booked, and the books are right.

It is for an order of its own, so that nothing but the loan's head stands between the two.
"""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest

from shared.adapters.table import Table
from shared.application.check_book import is_book_right
from tests.application.desk import Death, Desk
from tests.conftest import table


class Meanwhile:
    """Lets something happen once, right after one call to the outside."""

    def __init__(self, client: Any, at: int, act: Callable[[], object]) -> None:
        self.calls, self.at, self.act = 0, at, act
        client.meta.events.register("after-call.dynamodb", self.after)

    def after(self, **_: Any) -> None:
        self.calls += 1
        if self.calls == self.at:
            self.act()


STEPS: dict[str, Callable[[Desk, str], object]] = {
    "return": lambda desk, order: desk.bounce(order=order),
    "payment": lambda desk, order: desk.receive(payment="upi_2", order=order),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_payment_between_any_two_calls_is_not_lost(name: str, loans: Table, aws: Any) -> None:
    for call in count(1):
        client = aws("dynamodb")
        desk = Desk(table(client, f"loans-{call}"), Death(), aws("dynamodb"))
        first, other = desk.lent().order()["id"], desk.order("100", key="other")["id"]
        desk.receive(order=first)
        pays = partial(desk.receive, "100", payment="upi_other", order=other)
        meanwhile = Meanwhile(client, call, pays)
        STEPS[name](desk, first)
        if meanwhile.calls < call:
            break

        assert desk.loans.entry(desk.loan_id, "repayment.upi.payment.upi_other") is not None
        assert is_book_right(desk.loan_id, loans=desk.loans)
    assert call > 3
