"""A loan that nobody takes up ends by itself: once, its lender's capital is free, and its borrower is told."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from shared.adapters.capacity import Capacity
from shared.adapters.loans import Loans
from shared.adapters.partners import store
from shared.adapters.people import People
from shared.adapters.requests import Request
from shared.adapters.table import ANY, Table, Write, record
from shared.adapters.work_index import WorkIndex
from shared.application.cancel_loan import cancel_loan
from shared.application.order_disbursement import order_disbursement
from shared.application.return_payout import return_payout
from shared.application.settle_payout import settle_payout
from shared.application.work_loan import work_loan
from shared.domain import agenda
from shared.domain.errors import Refused
from shared.domain.loan import is_fold, sanctioned
from shared.domain.money import Money
from shared.domain.repayment import Receipt, received
from shared.markets import CODES, market
from tests.application.desk import Death, Killed
from tests.application.post import Office, at
from tests.domain.lending import Life, contract
from tests.memory import Dynamo
from tests.sandbox import TODAY, WRITTEN, ready

DAYS = 14
LAST = TODAY + timedelta(days=DAYS)
OVER = LAST + timedelta(days=1)
TERMS = contract(sanction_days=DAYS, partner_id=WRITTEN[0]["partner_id"])
PART = 10_000_000


class Desk:
    """A loan that was accepted today, in a book where its lender has kept its capital for it."""

    def __init__(self) -> None:
        self.death = Death()
        self.book = Table(Dynamo(self.death), "loans")
        self.loans, self.capacity = Loans(self.book), Capacity(self.book)
        store(self.book, WRITTEN[0], TODAY)
        loan = sanctioned("loan_1", "brw_asha", TERMS, "app_1", "off_1", at(TODAY))
        reserved = self.capacity.reserve(TERMS.partner_id, TERMS.terms.principal, "loan_1", TODAY)
        self.book.transact([*self.loans.sanction_writes(loan, TERMS), *reserved])
        asha = ready(account_check="verified", account_usable_from=at(TODAY))
        self.book.transact([Write(record(asha, asha.id, "borrower"), ANY)])

    def night(self, on: date = OVER) -> bool:
        return work_loan("loan_1", on, "pout_refund", at(on, 0, 30), loans=self.loans)

    def disburse(self, on: date = LAST, view: Callable[[Any], Any] = lambda _: {}) -> Any:
        given: dict[str, Any] = {"people": People(self.book), "loans": self.loans, "view": view}
        return order_disbursement("loan_1", "pout_1", at(on), request=asked("disbursement"), **given)

    def state(self) -> str:
        return self.loans.get("loan_1")[0].state

    def kept(self) -> int:
        """What of the lender's capital is kept for loans."""
        return sum(part.outstanding for part in self.capacity.parts(TERMS.partner_id))

    def listed(self, on: date) -> bool:
        loan, terms = self.loans.get("loan_1")
        page = WorkIndex(self.book, "work").page(agenda.shard(loan, terms), on, None, 10)
        return page.loan_ids == ("loan_1",)


def asked(verb: str) -> Request:
    return Request("brw_asha", f"POST /v1/loans/loan_1/{verb}", "key", "hash", 202)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_night_after_the_last_day_finds_it_and_no_night_before(desk: Desk) -> None:
    assert (desk.listed(LAST), desk.listed(OVER)) == (False, True)
    assert not desk.night(LAST)
    assert desk.state() == "sanctioned" and desk.kept() == TERMS.terms.principal.minor


def test_it_ends_once_and_its_lenders_capital_is_free_once(desk: Desk) -> None:
    assert [desk.night() for _ in range(3)] == [True, False, False]

    assert (desk.state(), desk.kept(), desk.listed(OVER)) == ("cancelled", 0, False)
    assert [entry.entry_id for entry in desk.loans.entries("loan_1")] == ["cancellation.lapsed"]


@pytest.mark.parametrize("days_late", [0, 1, 40])
def test_it_ends_on_the_day_after_the_last_however_late_the_night_is(desk: Desk, days_late: int) -> None:
    desk.night(OVER + timedelta(days=days_late))

    assert [entry.effective_on for entry in desk.loans.entries("loan_1")] == [OVER]


def test_it_ends_no_earlier_than_money_moved_that_was_on_its_way_by_then(desk: Desk) -> None:
    desk.disburse()
    settle_payout("pout_1", "settled", LAST, None, "pout_2", at(LAST), loans=desk.loans)
    paid = Receipt("upi.payment.1", Money(50_000, "INR"), "instalment", OVER, at(OVER))
    loan, terms = desk.loans.get("loan_1")
    head, entries = received(loan, terms, paid)
    desk.loans.book(head, terms, entries)
    return_payout("pout_1", OVER, None, at(OVER), loans=desk.loans)
    end = OVER + timedelta(days=DAYS + 1)
    desk.night(end - timedelta(days=1))
    came = end + timedelta(days=3)
    settle_payout("pout_refund", "settled", came, None, "pout_2", at(came), loans=desk.loans)
    assert desk.state() == "sanctioned" and desk.listed(came)
    desk.night(came + timedelta(days=2))
    loan, terms = desk.loans.get("loan_1")
    booked = list(desk.loans.entries("loan_1"))

    assert (loan.state, booked[-1].effective_on) == ("cancelled", came)
    assert is_fold(loan, terms, booked)


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
def test_a_night_killed_at_any_call_is_right_once_it_was_done_again(comes_after: bool) -> None:
    for number in count(1):
        desk = Desk()
        desk.death.at_call(number, comes_after)
        try:
            desk.night()
        except Killed:
            desk.death.at_call(0, comes_after=False)
        else:
            break
        desk.night()

        assert (desk.state(), desk.kept(), len(desk.loans.entries("loan_1"))) == ("cancelled", 0, 1)
    assert number > 3, "it reads the loan, its capacity and its part, and writes"


def test_until_its_last_day_the_money_can_be_asked_for_and_not_after_it(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        desk.disburse(OVER)
    desk.disburse(LAST)

    assert refused.value.code == "sanction_ended"
    assert desk.state() == "disbursing"


def test_who_asks_for_the_money_as_the_night_ends_the_loan_finds_it_over(desk: Desk) -> None:
    """His clock is that of the last day still."""
    with pytest.raises(Refused) as refused:
        desk.disburse(view=lambda _: {"night": desk.night()})

    assert refused.value.code == "loan_not_sanctioned"
    assert (desk.state(), desk.kept()) == ("cancelled", 0)


def test_a_night_that_comes_as_the_money_is_on_its_way_leaves_it(desk: Desk) -> None:
    desk.disburse()

    assert not desk.night()
    assert desk.state() == "disbursing" and desk.kept() == TERMS.terms.principal.minor


def test_money_that_came_back_after_the_last_day_can_be_asked_for_once_more_and_for_as_long(desk: Desk) -> None:
    desk.disburse()
    settle_payout("pout_1", "failed", OVER, "account closed", "pout_2", at(OVER), loans=desk.loans)
    assert desk.state() == "sanctioned" and not desk.listed(OVER)
    again = OVER + (LAST - TODAY)
    desk.night(again)
    assert desk.state() == "sanctioned"
    desk.night(again + timedelta(days=1))

    assert (desk.state(), desk.kept()) == ("cancelled", 0)


def test_what_its_borrower_has_cancelled_is_free_once(desk: Desk) -> None:
    cancel_loan("loan_1", at(LAST), loans=desk.loans, request=asked("cancellation"), view=lambda _: {})

    assert not desk.night()
    assert desk.kept() == 0


def test_its_borrower_is_told_once() -> None:
    office = Office(Life(contract(sanction_days=DAYS), None))
    since = agenda.work_on(office.life.loan, office.life.contract)
    assert since is not None
    work_loan("loan_1", since, "pout_refund", at(since, 0, 30), loans=office.loans)
    told = [office.tell(since), office.tell(since + timedelta(days=1))]

    assert told == [1, 0]
    assert [telling.kind for telling in office.told().values()] == ["sanction_ended"]
    assert "20,000.00" in office.network.taken[0] and "Nothing is owed" in office.network.taken[0]


def test_it_is_told_within_contact_hours() -> None:
    office = Office(Life(contract(sanction_days=DAYS), None))
    since = agenda.work_on(office.life.loan, office.life.contract)
    assert since is not None
    work_loan("loan_1", since, "pout_refund", at(since, 0, 30), loans=office.loans)

    assert office.tell(since, 0, 31) == 0 and office.listed_on() == since
    assert office.tell(since, 8, 5) == 1


def test_who_cancels_his_loan_himself_is_not_told_that_it_ended() -> None:
    office = Office(Life(contract(sanction_days=DAYS), None))
    cancel_loan("loan_1", at(TODAY), loans=office.loans, request=asked("cancellation"), view=lambda _: {})

    assert office.tell(TODAY) == 0


@pytest.mark.parametrize("code", CODES)
def test_every_market_says_for_how_long_and_no_shorter_than_offers_and_accounts_need(code: str) -> None:
    rules = market(code, TODAY)

    assert rules.sanction_days >= 7
    assert 24 * rules.sanction_days > rules.account.cooling_hours
