"""After a market's rail for money has changed: what began with the former is its, and each day has its statements."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.adapters.rails import DebitNews, MandateNews
from shared.application.hear_mandate_news import hear_mandate_news
from shared.application.plan_debit import plan_debit
from shared.application.see_loan import see_loan
from shared.application.send_debit import end_mandate, send_debit
from shared.application.send_payout import send_payout
from shared.application.settle_repayment import settle_repayment
from shared.domain.rails import RailNames
from shared.domain.reconciliation import Line, Statement
from shared.markets import market, rails_on
from tests.application.debiting import DEBITED, NOTICED, DebitDesk, came, placed
from tests.application.desk import Accounts, Death
from tests.application.settling import SettlingDesk, in_memory, night_after

pytestmark = pytest.mark.usefixtures("new_rail")
BEFORE, FIRST = date(2026, 2, 4), date(2026, 2, 5)


def asked_by(desk: DebitDesk) -> Callable[[str], Any]:
    def rail(name: str) -> Any:
        desk.asked_of.append(name)
        return desk.bank

    return rail


@pytest.fixture
def desk(death: Death) -> DebitDesk:
    """Its mandate was given, and its loan paid out, by the former; its debit is of a day of the new one."""
    return DebitDesk(death)


@pytest.mark.parametrize("on", [BEFORE, FIRST])
def test_the_rails_are_those_of_the_day(on: date) -> None:
    is_new = on == FIRST

    assert rails_on("in", on) == RailNames("upinew" if is_new else "upi", "card", ("upi",) if is_new else ())
    assert rails_on("in", date(1900, 1, 1)).movers == ("upi",)


def test_a_debit_is_asked_of_the_rail_that_has_its_mandate(desk: DebitDesk) -> None:
    placed(desk)
    send_debit(desk.debit().order_id, "pout_x", DEBITED, loans=desk.loans, rails=asked_by(desk))

    assert desk.asked_of == ["upi"]
    assert [order.state for order in desk.orders()] == ["settled"] and desk.kinds().count("repayment") == 1


def test_the_rail_that_has_a_mandate_hears_that_it_was_taken_back(desk: DebitDesk) -> None:
    placed(desk)
    desk.revoke()
    end_mandate(desk.debit().mandate_id, loans=desk.loans, rails=asked_by(desk))

    assert desk.asked_of == ["upi"]


@pytest.mark.parametrize(("rail", "is_believed"), [("upi", True), ("upinew", False)])
def test_news_of_a_mandate_and_of_its_debits_are_the_rails_that_has_it(
    rail: str, is_believed: bool, desk: DebitDesk
) -> None:
    placed(desk)
    debit = desk.debit()
    failed = DebitNews(type="debit.failed", reference=debit.order_id, reason="closed", rail=rail)
    paused = MandateNews(type="mandate.paused", reference=debit.mandate_id, rail=rail)

    assert [hear_mandate_news(news, loans=desk.loans) for news in (failed, paused)] == [is_believed] * 2
    assert [order.state for order in desk.orders()] == ["failed" if is_believed else "ordered"]


def test_the_money_of_a_debit_comes_by_the_rail_that_has_its_mandate(desk: DebitDesk) -> None:
    placed(desk)
    [order] = desk.orders()
    by_another = came(order).model_copy(update={"rail": "upinew", "payment_id": "x"})

    assert settle_repayment(by_another, "pout_x", DEBITED, loans=desk.loans) is None
    assert settle_repayment(came(order), "pout_x", DEBITED, loans=desk.loans) == desk.loan_id
    assert desk.kinds().count("repayment") == 1


def test_a_payout_stays_with_the_rail_of_its_order(desk: DebitDesk) -> None:
    desk.disburse()
    accounts: Any = Accounts()
    given: dict[str, Any] = {"loans": desk.loans, "borrowers": accounts, "rails": desk.rail_of}
    send_payout(desk.payouts()[-1].payout_id, "pout_x", DEBITED, **given)

    assert desk.asked_of == ["upi"]


class Rails:
    """Each with the lines of its own of a day; the lender's bank has all of them."""

    def __init__(self, lines: dict[str, list[Line]], lacks: str = "") -> None:
        self.lines, self.lacks, self.asked = lines, lacks, list[str]()

    def of(self, place: str, account: str, on: date, _: str) -> Statement | None:
        self.asked.append(f"{place} {on}")
        name = place.partition("/")[2]
        if name == self.lacks:
            return None
        found = [line for rail, lines in self.lines.items() for line in lines if name in (rail, "partner")]
        return Statement(account, on, tuple(line for line in found if line.on == on), place)


def settled(desk: SettlingDesk, rails: Rails, on: date) -> str:
    bank: Any = rails
    desk.bank = bank
    return desk.settle_day(on, night_after(on)).state


@pytest.fixture
def lender(death: Death) -> SettlingDesk:
    desk = in_memory(death)
    desk.lent()
    desk.order()
    return desk


def test_a_day_of_the_former_rail_is_asked_of_it_alone(lender: SettlingDesk) -> None:
    rails = Rails({})
    assert settled(lender, rails, BEFORE) == "agreed"

    assert rails.asked == [f"rail/upi {BEFORE}", f"partner/partner {BEFORE}"]


def test_what_the_former_moved_on_a_day_of_the_new_one_is_on_its_statement(lender: SettlingDesk) -> None:
    lender.receive_on(FIRST, "500")
    line = Line("payment.upi_7", 50_000, FIRST)

    assert settled(lender, Rails({"upi": [line]}), FIRST) == "agreed"
    assert lender.found() == []


@pytest.mark.parametrize("lacks", ["upi", "upinew"])
def test_a_day_of_two_rails_waits_for_both(lacks: str, lender: SettlingDesk) -> None:
    rails = Rails({}, lacks)
    assert settled(lender, rails, FIRST) == "waiting"

    rails.lacks = ""
    assert settled(lender, rails, FIRST) == "agreed"


def test_both_statements_are_what_the_day_was_compared_with(lender: SettlingDesk) -> None:
    only = Rails({"upinew": [Line("payment.new_1", 50_000, FIRST)], "upi": [Line("payment.old_1", 70_000, FIRST)]})

    assert settled(lender, only, FIRST) == "differs"
    wanted = [("rail", name, minor) for name, minor in (("payment.new_1", 50_000), ("payment.old_1", 70_000))]
    found = [(each.side, each.movement_id, each.unexplained) for each in lender.differences()]
    assert [each for each in found if each[0] == "rail"] == wanted


def test_money_of_a_day_before_any_rail_does_not_stop_a_settlement(
    lender: SettlingDesk,
) -> None:
    """A rail may name any day."""
    lender.receive_on(FIRST, "500")
    early = came(lender.orders()[0]).model_copy(
        update={"payment_id": "old", "received_on": date(2020, 1, 1), "rail": "upi"}
    )
    settle_repayment(early, "pout_x", night_after(FIRST) - timedelta(hours=20), loans=lender.loans)

    assert settled(lender, Rails({"upi": [Line("payment.upi_7", 50_000, FIRST)]}), FIRST) == "differs"
    assert {each.movement_id for each in lender.differences()} == {"payment.old"}


def test_a_mandate_at_a_rail_that_moves_nothing_any_more_is_not_debited(desk: DebitDesk) -> None:
    """It has left the pack's rule altogether."""
    desk.lent()
    desk.give()
    loan, contract = desk.loans.get(desk.loan_id)
    seen = see_loan(desk.loan_id, NOTICED, loans=desk.loans)
    here = market("in", NOTICED.date())
    planned = {
        former: plan_debit(
            loan,
            contract,
            seen.position.dues,
            replace(here, rails=replace(here.rails, former=former)),
            NOTICED.date(),
            loans=desk.loans,
        )[0]
        is not None
        for former in ((), ("upi",))
    }

    assert planned == {(): False, ("upi",): True}
