"""A refund goes where a payout would: not to an account that was changed just now, nor to another's."""

from collections.abc import Callable
from itertools import count

import pytest

from tests.application.desk import Desk, Killed
from tests.application.killed import AT_EACH_CALL, Desks
from tests.application.test_money_steps import owed_a_refund


@pytest.fixture
def desk(desks: Desks) -> Desk:
    return desks(Desk)


def test_a_refund_waits_for_an_account_that_was_changed_just_now(desk: Desk) -> None:
    owed_a_refund(desk)
    paid = dict(desk.rail.paid)
    assert [desk.send("wait").state for _ in range(2)] == ["pending", "pending"]
    assert desk.rail.paid == paid

    assert desk.send().state == "settled"
    assert len(desk.rail.paid) == len(paid) + 1


def test_a_refund_never_goes_to_an_account_that_is_not_his(desk: Desk) -> None:
    owed_a_refund(desk)
    paid = dict(desk.rail.paid)
    refused = desk.send("never")

    assert (refused.state, refused.reason) == ("failed", "account_not_verified")
    assert desk.rail.paid == paid


def test_what_is_on_its_way_is_asked_about_whatever_becomes_of_the_account(desk: Desk) -> None:
    owed_a_refund(desk)
    desk.rail.loses_reply = True
    assert desk.send().state == "unknown"

    assert desk.send("never").state == "settled"


@pytest.mark.parametrize("stands", ["wait", "never"])
def test_a_loans_money_goes_to_no_account_that_was_changed_since_it_was_ordered(desk: Desk, stands: str) -> None:
    """The account was the borrower's own when he asked: the one on file when it is sent may be a thief's."""
    desk.disburse()
    refused = desk.send(stands)

    assert (refused.state, refused.reason) == ("failed", "account_not_verified")
    assert (desk.state(), desk.rail.paid) == ("sanctioned", {})
    desk.disburse("once more")
    assert desk.send().state == "settled"


@pytest.mark.parametrize("owed", [owed_a_refund, Desk.disburse])
@AT_EACH_CALL
def test_what_may_have_been_sent_is_never_failed_because_of_the_account(
    desks: Desks, comes_after: bool, owed: Callable[[Desk], object]
) -> None:
    """Whoever sent it died somewhere, and by the next try its bank says that the account is another's."""
    ends = set()
    for number in count(1):
        desk = desks(Desk)
        owed(desk)
        before = set(desk.rail.paid)
        desks.death.at_call(number, comes_after)
        try:
            desk.send()
        except Killed:
            was_paid = set(desk.rail.paid) - before
        else:
            break
        finally:
            desks.death.at_call(0, comes_after=False)
        ends.add((bool(was_paid), desk.send("never").state))
        assert set(desk.rail.paid) - before == was_paid, "nothing is sent to that account"

    assert ends == {(False, "failed"), (False, "unknown"), (True, "settled")}
