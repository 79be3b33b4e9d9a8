"""Which money of a lender moved on a day, read off the entries of a step."""

from datetime import date, timedelta

from shared.domain import payouts
from shared.domain.allocation import Waterfall
from shared.domain.flows import flow, is_flow, shard, shards, summed
from shared.domain.ledger import Entry, Posting
from shared.domain.replay import without
from tests.domain.lending import AT, LENT_ON, ORDER, Life, contract, rupees

DAY = date(2026, 2, 28)
LATER = DAY + timedelta(days=3)


def moved(entries: tuple[Entry, ...] | list[Entry], on: date = LATER) -> list[tuple[str, str, int, date]]:
    return [(each.movement_id, each.kind, each.amount, each.on) for each in flow("loan_1", entries, on).movements]


def test_a_payout_that_is_only_ordered_has_not_left_the_lender() -> None:
    life = Life(contract(), None)
    order, payout = payouts.ordered(life.loan, life.contract, "pout_1", LENT_ON, AT)

    assert not is_flow(order) and flow("loan_1", [order], LENT_ON).movements == ()
    assert not is_flow(payouts.failed(life.loan, payout, LENT_ON, AT))


def test_a_disbursement_is_what_left_and_its_accounts_say_which_fees_were_kept() -> None:
    life = Life(contract())
    [entry] = [entry for entry in life.entries if entry.kind == "disbursement"]
    found = flow("loan_1", [entry], LENT_ON)

    assert [(each.kind, each.amount) for each in found.movements] == [("disbursed", -1_960_000)]
    assert found.accounts == {"disbursement": {"principal": 2_000_000, "fee_income": -33_900, "tax_payable": -6_100}}


def test_a_repayment_counts_by_what_its_money_touched() -> None:
    life = Life(contract())
    life.pay(rupees("969.73"), DAY)
    [entry] = [entry for entry in life.entries if entry.kind == "repayment"]
    found = flow("loan_1", [entry], DAY)

    assert [(each.kind, each.amount, each.on) for each in found.movements] == [("repaid", 96_973, DAY)]
    assert sum(-minor for minor in found.accounts["repayment"].values()) == 96_973
    assert set(found.accounts["repayment"]) == {"principal", "interest_receivable"}


def test_money_that_went_back_is_a_movement_of_the_day_on_which_it_was_recorded() -> None:
    life = Life(contract())
    life.pay(rupees("969.73"), DAY)
    [paid] = [entry for entry in life.entries if entry.kind == "repayment"]
    _, booked = without(life.loan, life.contract, life.entries, paid.name, AT)

    assert moved(booked) == [("payment_return.upi1", "payment_returned", -96_973, LATER)]
    assert summed([flow("loan_1", [paid], DAY), flow("loan_1", booked, LATER)]) == {}


def test_what_is_posted_again_by_a_correction_has_not_moved() -> None:
    life = Life(contract())
    life.pay(rupees("969.73"), DAY)
    life.pay(rupees("969.73"), DAY + timedelta(days=31))
    first, second = [entry.name for entry in life.entries if entry.kind == "repayment"]
    _, booked = without(life.loan, life.contract, life.entries, first, AT)

    assert [each[0] for each in moved(booked)] == ["payment_return.upi1"]
    assert any(entry.name == second and entry.revision for entry in booked)


def test_a_payout_that_came_back_bears_the_day_that_the_rail_named() -> None:
    life = Life(contract())
    [paid] = [entry for entry in life.entries if entry.kind == "disbursement"]
    order = payouts.Payout(
        paid.payout_id or "", "loan_1", "brw_asha", "disbursement", rupees("19600"), "account", "settled", AT
    )
    _, booked = payouts.returned(life.loan, life.contract, life.entries, order, DAY, AT)

    assert moved(booked) == [(f"payout_return.{order.payout_id}", "payout_returned", 1_960_000, DAY)]


def test_what_a_merchant_gives_back_is_of_the_day_on_which_it_was_recorded() -> None:
    back = Posting("lender_funds", "principal", rupees("500"))
    entry = Entry("merchant_refund.upi.merchant_refund.refund_1", "merchant_refund", 9, LENT_ON, AT, (back,))

    assert moved([entry]) == [("merchant_refund.refund_1", "merchant_refunded", 50_000, LATER)]


def test_excess_that_settles_a_due_moves_principal_and_no_money() -> None:
    life = Life(contract(waterfall=Waterfall(past_due=ORDER, due=ORDER)))
    life.pay(rupees("969.73"), LENT_ON)
    life.until(DAY)
    settled = [entry for entry in life.entries if entry.kind == "settled_from_excess"]
    found = flow("loan_1", settled, DAY)

    assert settled and found.movements == ()
    assert all(sum(accounts.values()) == 0 for accounts in found.accounts.values())


def test_a_loan_has_one_part_of_each_day() -> None:
    assert shard("sahyadri", DAY, "loan_1") in shards("sahyadri", DAY)
    assert shard("sahyadri", DAY, "loan_1") == shard("sahyadri", DAY, "loan_1")
