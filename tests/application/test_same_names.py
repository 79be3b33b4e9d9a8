"""Two rails may give one id to two payments: neither is taken for the other, in the books, held, or on its way back."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from shared.application.attend_loan import look
from shared.application.check_book import is_book_right
from shared.domain.errors import Unavailable
from shared.domain.ledger import live
from tests.application.debiting import at
from tests.application.desk import ON, Death
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.application.rails_desk import RailsDesk


def first_paid(desk: RailsDesk) -> None:
    desk.lent()
    desk.pay("upi", desk.reference(), "1", 20_000)
    desk.wanted = desk.order_by("card")


def first_held(desk: RailsDesk) -> None:
    desk.lent()
    desk.pay("upi", "EMI January", "1", 20_000)


def gives_back(desk: RailsDesk) -> object:
    amount = {"minor": 30_000, "currency": "INR"}
    return desk.tell(
        "upi", "refund.received", "pout_of_nobody", refund_id="1", amount=amount, received_on=ON.isoformat()
    )


@dataclass(frozen=True)
class Step:
    """What comes second, under the id of what came first. `booked` and `held` are all sums, in minor units."""

    before: Callable[[RailsDesk], None]
    verb: Callable[[RailsDesk], object]
    booked: tuple[int, ...]
    held: tuple[int, ...]


STEPS = {
    "by card, on the same loan": Step(
        first_paid, lambda desk: desk.pay("card", desk.wanted, "1", 30_000), (20_000, 30_000), ()
    ),
    "by another rail, that fits no loan either": Step(
        first_held, lambda desk: desk.pay("nucc", "EMI March", "1", 30_000), (), (20_000, 30_000)
    ),
    "by the same rail, from a merchant": Step(first_held, gives_back, (), (20_000, 30_000)),
}


def both_are_there(desk: RailsDesk, step: Step) -> None:
    booked = [entry for entry in live(desk.loans.entries(desk.loan_id)) if entry.kind == "repayment"]
    assert sorted(entry.moved("lender_funds") for entry in booked) == list(step.booked)
    assert sorted(held.amount.minor for held in desk.held()) == list(step.held)
    assert {held.payment_id for held in desk.held()} <= {"1"}
    assert is_book_right(desk.loan_id, loans=desk.loans)


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_the_second_is_no_replay_of_the_first_wherever_it_is_killed(name: str, comes_after: bool, death: Death) -> None:
    killed_at_each_call(lambda: RailsDesk(death), STEPS[name], both_are_there, death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_the_second_is_no_replay_of_the_first_and_one_of_itself(name: str, death: Death) -> None:
    done_three_times(RailsDesk(death), STEPS[name], both_are_there)


def test_each_of_two_payments_of_one_id_goes_back_by_itself(death: Death) -> None:
    desk = RailsDesk(death)
    first_paid(desk)
    desk.pay("card", desk.wanted, "1", 30_000)
    desk.tell("card", "payment.returned", desk.wanted, payment_id="1")
    [left] = [entry for entry in live(desk.loans.entries(desk.loan_id)) if entry.kind == "repayment"]

    assert left.moved("lender_funds") == 20_000
    with pytest.raises(Unavailable):
        desk.tell("nucc", "payment.returned", desk.reference(), payment_id="1")


def test_each_of_two_payments_of_one_id_is_answered(death: Death) -> None:
    desk = RailsDesk(death)
    first_paid(desk)
    desk.pay("card", desk.wanted, "1", 30_000)
    _, wanted, _ = look(desk.loan_id, at(ON, 13), (), loans=desk.loans)

    receipts = {notice.notice_id for notice in wanted if notice.kind == "receipt"}
    assert receipts == {"receipt.upi.payment.1", "receipt.card.payment.1"}
