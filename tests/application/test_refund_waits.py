"""A refund goes where a payout would: not to an account that was changed just now, nor to another's."""

import pytest

from tests.application.desk import Desk
from tests.application.killed import Desks
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
