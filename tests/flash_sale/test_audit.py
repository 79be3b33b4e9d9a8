"""The audit of a sale finds each thing that it is there to find."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.flash_sale.audit import Books, Findings, found
from tests.flash_sale.crowd import End, Plan, plans


class Sale:
    """Two buyers, each with one order that was paid for."""

    def __init__(self) -> None:
        self.ends = [
            End(Plan(each, each, f"O{each}", "confirm", frozenset()), "confirmed", "", f"loan_{each}", f"pout_{each}")
            for each in (0, 1)
        ]
        self.credited, self.writes = Counter({"O0": 1, "O1": 1}), Counter({"brw_0 limit": 3})
        self.items: list[dict[str, Any]] = [
            item for each in (0, 1) for item in self.of(each, f"brw_{each}", f"O{each}")
        ]
        self.items += [self.limit(each, 700) for each in (0, 1)]

    def of(self, number: int, borrower_id: str, order_id: str) -> list[dict[str, Any]]:
        loan_id, payout_id = f"loan_{number}", f"pout_{number}"
        head = {"borrower_id": borrower_id, "partner_id": "sahyadri", "state": "active"}
        contract = {"purchase": {"order_id": order_id}, "terms": {"principal": {"minor": 600}}}
        return [
            {"pk": loan_id, "sk": "loan", **head},
            {"pk": loan_id, "sk": "loan#contract", **contract},
            {"pk": borrower_id, "sk": loan_id},
            {"pk": payout_id, "sk": "payout", "loan_id": loan_id, "state": "settled"},
        ]

    def limit(self, number: int, granted: int) -> dict[str, Any]:
        drawn = [{"loan_id": f"loan_{number}"}]
        return {"pk": f"brw_{number}", "sk": "limit", "granted": {"minor": granted}, "reserved": [], "drawn": drawn}

    def item(self, pk: str, sk: str) -> dict[str, Any]:
        return next(item for item in self.items if (item["pk"], item["sk"]) == (pk, sk))

    def audited(self, capital: int = 1_200) -> Findings:
        return found(Books(self.items), self.ends, self.credited, self.writes, {"sahyadri": capital})


def test_a_sale_in_which_all_is_right_is_clean() -> None:
    assert Sale().audited().is_clean


def without_its_loan(sale: Sale) -> None:
    sale.items.remove(sale.item("loan_0", "loan"))


def not_paid(sale: Sale) -> None:
    sale.item("pout_0", "payout")["state"] = "failed"


def without_the_merchants_money(sale: Sale) -> None:
    del sale.credited["O0"]


def unsure(sale: Sale) -> None:
    sale.ends[0] = End(sale.ends[0].plan, "unsure", "503")


def told_no(sale: Sale) -> None:
    """A loan is there, and its buyer was refused."""
    sale.ends[0] = End(sale.ends[0].plan, "refused", "limit_exceeded")


@pytest.mark.parametrize("harm", [without_its_loan, not_paid, without_the_merchants_money, unsure, told_no])
def test_what_is_lost_is_found(harm: Callable[[Sale], None]) -> None:
    sale = Sale()
    harm(sale)

    assert sale.audited().lost


def two_loans_for_an_order(sale: Sale) -> None:
    sale.items += sale.of(2, "brw_1", "O1")


def two_payouts_of_a_loan(sale: Sale) -> None:
    sale.items.append(sale.item("pout_0", "payout") | {"pk": "pout_9"})


def two_credits(sale: Sale) -> None:
    sale.credited["O0"] = 2


def twice_in_the_limit(sale: Sale) -> None:
    sale.item("brw_0", "limit")["drawn"] *= 2


@pytest.mark.parametrize("harm", [two_loans_for_an_order, two_payouts_of_a_loan, two_credits, twice_in_the_limit])
def test_what_is_doubled_is_found(harm: Callable[[Sale], None]) -> None:
    sale = Sale()
    harm(sale)

    assert sale.audited().doubled


def test_who_has_more_than_his_limit_and_a_lender_beyond_its_capital_are_found() -> None:
    sale = Sale()
    sale.item("brw_0", "limit")["granted"] = {"minor": 599}
    assert len(sale.audited().over) == 1
    held = Sale()
    held.item("brw_0", "limit")["reserved"] = [{"amount": {"minor": 101}}]
    assert len(held.audited().over) == 1
    assert len(Sale().audited(capital=1_199).over) == 1


def test_an_item_that_every_call_writes_is_found() -> None:
    sale = Sale()
    sale.writes["counter all"] = 26

    assert sale.audited().hot and not sale.audited().is_clean


def test_every_checkout_has_one_device_and_some_orders_are_wanted_by_two_buyers() -> None:
    wanted = plans(1_000, 200, Random(7))

    assert [plan.number for plan in wanted] == list(range(1_000))
    assert set(Counter(plan.buyer for plan in wanted).values()) == {5}
    shared = [order for order, times in Counter(plan.order_id for plan in wanted).items() if times > 1]
    assert len(shared) == 50
    assert {plan.then for plan in wanted} == {"confirm", "leave", "release"}
