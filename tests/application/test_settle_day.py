"""A lender's day is settled once, whatever is killed or repeated; what differs is raised once, and closed once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.rails import Amount, MerchantRefundNews, RefundNews, ReturnNews
from shared.adapters.requests import Replayed, Request
from shared.application.hear_merchant_refund import hear_merchant_refund
from shared.application.reconcile_day import MOST_LOOKED_FOR
from shared.application.resolve_held import assign_held, return_held
from shared.application.return_repayment import return_repayment
from shared.application.send_refund import hear_refund
from shared.domain.errors import Refused
from shared.domain.held import held_id
from shared.domain.reconciliation import Line, Seen
from tests.application.desk import AT, ON, Death
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.application.settling import ANITA, NIGHT, RAVI, SettlingDesk, in_memory, night_after

PAID = "payment.upi_1"
NEXT = ON + timedelta(days=1)


GIVEN_BACK = "merchant_refund.ref_1"


@pytest.fixture
def desk(death: Death) -> SettlingDesk:
    return in_memory(death)


def paid(desk: SettlingDesk) -> None:
    desk.paid()


def doubled(desk: SettlingDesk) -> None:
    desk.paid()
    desk.bank.doubles.add(("rail", PAID))
    desk.bank.omits.add(("partner", PAID))


def raised(desk: SettlingDesk) -> None:
    doubled(desk)
    desk.settle_day()


def given_back(desk: SettlingDesk) -> str:
    """The id under which it is held: this loan paid no merchant who could have given anything back."""
    payout_id = desk.paid().payouts()[0].payout_id
    told: dict[str, Any] = {"refund_id": "ref_1", "reference": payout_id, "received_on": ON}
    news = MerchantRefundNews(type="refund.received", amount=Amount(minor=50_000, currency="INR"), **told)
    assert hear_merchant_refund(news, desk.new_id("pout"), AT, loans=desk.loans) is None
    for side in ("rail", "partner"):
        desk.bank.says[side, ON].append(Line(GIVEN_BACK, 50_000, ON, payout_id))
    return held_id(news.arrival)


def put_right(desk: SettlingDesk) -> None:
    raised(desk)
    desk.bank.doubles.clear()
    desk.bank.omits.clear()


@dataclass(frozen=True)
class Step:
    before: Callable[[SettlingDesk], object]
    verb: Callable[[SettlingDesk], object]
    state: str
    found: list[tuple[str, str, str]]


DOUBLED = ("rail", "amount_differs", "open")
MISSING = ("partner", "missing_at_partner", "open")
STEPS = {
    "a day that agrees": Step(paid, SettlingDesk.settle_day, "agreed", []),
    "a day that differs": Step(doubled, SettlingDesk.settle_day, "differs", [MISSING, DOUBLED]),
    "a statement that was put right": Step(
        put_right,
        SettlingDesk.settle_day,
        "agreed",
        [("partner", "missing_at_partner", "closed"), ("rail", "amount_differs", "closed")],
    ),
    "an explanation": Step(
        raised, lambda desk: desk.explain(PAID), "differs", [MISSING, ("rail", "amount_differs", "closed")]
    ),
}


def is_as_wanted(desk: SettlingDesk, step: Step) -> None:
    kept = desk.kept()
    assert kept is not None and (kept.state, desk.found()) == (step.state, step.found)
    assert kept.net == -1_960_000 + 96_973 and kept.lent == 2_000_000
    assert desk.pool().disbursed == (2_000_000 if desk.lender.guarantee else 0)


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, death: Death) -> None:
    killed_at_each_call(lambda: in_memory(death), STEPS[name], is_as_wanted, death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: SettlingDesk) -> None:
    done_three_times(desk, STEPS[name], is_as_wanted)


def test_a_run_again_writes_nothing(desk: SettlingDesk) -> None:
    first = desk.paid().settle_day()
    again = desk.settle_day(at=NIGHT + timedelta(hours=3))

    assert replace(again, version=0) == replace(first, version=0)
    assert desk.kept() == again and again.version == first.version


def test_a_day_says_what_moved_by_kind_and_account(desk: SettlingDesk) -> None:
    settled = desk.paid().settle_day()

    assert settled.sums == {"disbursed": -1_960_000, "repaid": 96_973}
    assert settled.accounts["disbursement"] == {"principal": 2_000_000, "fee_income": -33_900, "tax_payable": -6_100}
    assert sum(settled.accounts["repayment"].values()) == -96_973
    assert settled.freed == -settled.accounts["repayment"]["principal"] > 0
    assert settled.rail is not None and settled.rail.left(settled.net) == 0


def test_money_that_went_back_later_belongs_to_the_day_on_which_it_did(desk: SettlingDesk) -> None:
    desk.paid().settle_day()
    desk.bounce_late()
    first, second = desk.settle_day(), desk.settle_day(NEXT, night_after(NEXT))

    assert (first.state, first.sums["repaid"]) == ("agreed", 96_973)
    assert (second.state, second.sums, desk.found()) == ("agreed", {"payment_returned": -96_973}, [])
    assert first.freed + second.freed == 0


def test_a_statement_that_is_not_there_is_waited_for(desk: SettlingDesk) -> None:
    desk.paid().bank.lacks.add(("partner", ON))
    early = desk.settle_day()
    desk.bank.lacks.clear()
    late = desk.settle_day(at=NIGHT + timedelta(days=1))

    assert (early.state, early.partner, desk.found()) == ("waiting", None, [])
    assert late.state == "agreed" and late.partner is not None and late.settled_at == early.settled_at


def test_money_that_nobody_here_knows_is_missing_here_until_it_is_known(desk: SettlingDesk) -> None:
    desk.lent()
    order = desk.bank.reference = desk.order()["id"]
    desk.bank.says["rail", ON].append(Line("payment.upi_9", 50_000, ON, order))
    desk.settle_day()
    assert ("rail", "missing_here", "open") in desk.found()

    desk.bank.says.clear()
    desk.receive_late("500", "upi_9", order)
    first, second = desk.settle_day(), desk.settle_day(NEXT, night_after(NEXT))

    assert (first.state, second.state) == ("agreed", "agreed")
    assert first.rail is not None and second.rail is not None
    assert (first.rail.elsewhere, first.rail.left(first.net)) == (50_000, 0)
    assert (second.rail.other_days, second.rail.left(second.net)) == (50_000, 0)
    assert desk.found() == [("rail", "missing_here", "closed")]


def test_money_that_is_held_is_no_difference(desk: SettlingDesk) -> None:
    desk.paid().receive("500", "neft_1", order="EMI January")
    for side in ("rail", "partner"):
        desk.bank.says[side, ON].append(Line("payment.neft_1", 50_000, ON, "EMI January"))
    settled = desk.settle_day()

    assert (settled.state, desk.found()) == ("agreed", [])
    assert settled.rail is not None and (settled.rail.held, settled.rail.left(settled.net)) == (50_000, 0)


def test_what_a_merchant_gave_back_too_much_is_held_though_it_names_his_payout(desk: SettlingDesk) -> None:
    given_back(desk)
    settled = desk.settle_day()

    assert (settled.state, desk.found()) == ("agreed", [])
    assert settled.rail is not None and (settled.rail.held, settled.rail.left(settled.net)) == (50_000, 0)


@pytest.mark.parametrize("at", [AT, NIGHT + timedelta(hours=12)], ids=["on its day", "a day later"])
def test_what_a_merchant_gave_back_is_on_both_sides_what_staff_assigned_to_a_loan(
    at: datetime, desk: SettlingDesk
) -> None:
    """It is booked as money received; the statements call it by the rail's word for it."""
    held_id = given_back(desk)
    for side in ("rail", "partner"):
        desk.bank.omits.add((side, GIVEN_BACK))
    request = Request(ANITA.staff_id, "POST /v1/desk/unmatched", "assign", "hash", 200)
    by: dict[str, Any] = {"loans": desk.loans, "request": request, "view": lambda held: {"state": held.state}}
    assign_held(held_id, desk.loan_id, "instalment", "His order.", ANITA, ("aud_1", "pout_x"), at, **by)
    days = [desk.settle_day(), desk.settle_day(NEXT, night_after(NEXT))]

    assert [day.state for day in days] == ["agreed", "agreed"] and desk.found() == []
    assert [day.rail.left(day.net) for day in days if day.rail is not None] == [0, 0]
    assert [day.rail.held for day in days if day.rail is not None] == [0, 0]
    assert sum(day.sums["repaid"] for day in days if "repaid" in day.sums) == 96_973 + 50_000


def test_what_a_merchant_gave_back_and_staff_sent_back_came_and_went_without_a_loan(desk: SettlingDesk) -> None:
    held_id = given_back(desk)
    request = Request(ANITA.staff_id, "POST /v1/desk/unmatched", "back", "hash", 200)
    by: dict[str, Any] = {"loans": desk.loans, "request": request, "view": lambda held: held.refund_id}
    refund_id = return_held(held_id, "Not for us.", ANITA, "aud_1", "in", ON, AT, **by)
    hear_refund(RefundNews(type="refund.settled", reference=refund_id), loans=desk.loans)
    for side in ("rail", "partner"):
        desk.bank.says[side, NEXT].append(Line(f"payment_refund.{refund_id}", -50_000, NEXT, refund_id))
    days = [desk.settle_day(), desk.settle_day(NEXT, night_after(NEXT))]

    assert [day.state for day in days] == ["agreed", "agreed"] and desk.found() == []
    assert [day.rail.held for day in days if day.rail is not None] == [50_000, -50_000]


def test_what_a_merchant_gave_back_and_his_bank_called_back_came_and_went_without_a_loan(desk: SettlingDesk) -> None:
    given_back(desk)
    named = desk.payouts()[0].payout_id
    return_repayment(
        ReturnNews(type="payment.returned", payment_id="ref_1", reference=named), night_after(ON), loans=desk.loans
    )
    for side in ("rail", "partner"):
        desk.bank.says[side, NEXT].append(Line("merchant_refund_return.ref_1", -50_000, NEXT, named))
    days = [desk.settle_day(), desk.settle_day(NEXT, night_after(NEXT))]

    assert [day.state for day in days] == ["agreed", "agreed"] and desk.found() == []
    assert [day.rail.held for day in days if day.rail is not None] == [50_000, -50_000]


@pytest.mark.parametrize("lost", [0, 50_000])
def test_two_payments_of_one_id_by_two_rails_agree_when_both_are_on_the_statement(
    lost: int, desk: SettlingDesk
) -> None:
    """A lender's statement tells them apart as little as a rail's: the second is looked for as the first is."""
    desk.lent()
    by_card = desk.order("500", method="card")["id"]
    desk.receive("969.73", "upi_1", order=desk.order()["id"])
    desk.receive("500", "upi_1", order=by_card, rail="card")
    if lost:
        desk.bank.omits.add(("partner", PAID))
        desk.bank.says["partner", ON].append(Line(PAID, 96_973, ON, None))
    settled = desk.settle_day()

    assert settled.sums["repaid"] == 96_973 + 50_000
    assert [(each.side, each.unexplained) for each in desk.differences()] == ([("partner", lost)] if lost else [])


@pytest.mark.parametrize("rail", ["upi", "card"])
def test_money_that_is_held_is_found_by_whichever_of_the_markets_rails_it_came(rail: str, desk: SettlingDesk) -> None:
    desk.paid().receive("500", "1", order="EMI January", rail=rail)
    for side in ("rail", "partner"):
        desk.bank.says[side, ON].append(Line("payment.1", 50_000, ON, "EMI January"))

    assert desk.settle_day().state == "agreed"


def test_midnight_is_no_difference_and_more_days_are(desk: SettlingDesk) -> None:
    desk.paid()
    for side, days in (("rail", -1), ("partner", -3)):
        desk.bank.omits.add((side, PAID))
        on = ON + timedelta(days=days)
        desk.bank.says[side, on].append(Line(PAID, 96_973, on, desk.orders()[0].repayment_id))
    settled = desk.settle_day()
    assert settled.rail is not None and settled.rail.other_days == 96_973
    assert desk.found() == [("partner", "missing_at_partner", "open")]

    desk.settle_day(ON - timedelta(days=3))
    desk.settle_day()

    [known] = desk.differences()
    assert (known.kind, known.unexplained, known.there) == ("date_differs", 0, Seen(96_973, ON - timedelta(days=3)))


def test_a_line_that_the_bank_takes_back_closes_what_it_raised(desk: SettlingDesk) -> None:
    desk.paid().bank.says["rail", ON].append(Line("payment.upi_9", 50_000, ON, None))
    desk.settle_day()
    desk.bank.says.clear()
    settled = desk.settle_day()

    assert settled.state == "agreed"
    assert [(each.state, each.closed_by) for each in desk.differences()] == [("closed", "agreement")]


def test_an_explanation_holds_until_the_statement_says_something_else(desk: SettlingDesk) -> None:
    raised(desk)
    desk.explain(PAID)
    desk.settle_day()
    assert desk.found()[1] == ("rail", "amount_differs", "closed")

    desk.bank.doubles.clear()
    desk.bank.alters["rail", PAID] = 90_000
    desk.settle_day()

    assert desk.found()[1] == ("rail", "amount_differs", "open")


def test_much_money_is_explained_by_two_of_whom_one_is_an_approver(desk: SettlingDesk) -> None:
    desk.lent().bank.omits.add(("rail", desk.payout()))
    desk.settle_day()
    assert desk.explain(desk.payout()) == {"state": "proposed"}
    with pytest.raises(Refused) as own:
        desk.explain(desk.payout(), key="again")
    with pytest.raises(Refused) as other:
        desk.explain(desk.payout(), replace(RAVI, staff_id="stf_sita"), key="other")

    assert (own.value.code, other.value.code) == ("own_approval", "role_missing")
    assert desk.explain(desk.payout(), ANITA, key="second") == {"state": "closed"}
    with pytest.raises(Refused) as closed:
        desk.explain(desk.payout(), ANITA, key="third")
    assert closed.value.code == "difference_closed"
    with pytest.raises(Replayed):
        desk.explain(desk.payout(), ANITA, key="second")


def test_a_day_of_which_the_news_was_lost_is_gone_through_in_several_runs(desk: SettlingDesk) -> None:
    """Each of them raises some, and the day waits until all are."""
    desk.paid()
    lost = 2 * MOST_LOOKED_FOR + 1
    desk.bank.says["rail", ON] = [Line(f"payment.lost_{number}", 100, ON, None) for number in range(lost)]
    runs = [desk.settle_day(at=NIGHT + timedelta(hours=3 * number)) for number in range(3)]

    assert [run.state for run in runs] == ["waiting", "waiting", "differs"]
    assert [run.differences for run in runs] == [MOST_LOOKED_FOR, 2 * MOST_LOOKED_FOR, lost]
    desk.bank.says["rail", ON] = []
    assert [desk.settle_day().state for _ in range(2)] == ["differs", "agreed"]


def test_no_day_is_settled_before_it_is_over(desk: SettlingDesk) -> None:
    with pytest.raises(AssertionError):
        desk.settle_day(at=AT)
    assert desk.kept() is None


def test_an_empty_day_agrees_with_empty_statements(desk: SettlingDesk) -> None:
    later = date(2026, 3, 5)
    settled = desk.paid().settle_day(later, night_after(later))

    assert (settled.state, settled.movements, settled.net) == ("agreed", 0, 0)
