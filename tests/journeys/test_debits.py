"""A mandate on the deployed stage: its debits told before, tried again, stopped, never twice."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from tests.journeys import books
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import until

MOST_RUNS = 2
LIMIT = {"limit": {"minor": 500_000, "currency": "INR"}}


class Payer:
    """A borrower with a loan and a mandate that his bank knows."""

    def __init__(self, outside: Outside, borrower: Borrower) -> None:
        self.outside, self.borrower, self.loan_id = outside, borrower, borrower.active_loan()
        self.mandate = f"/v1/loans/{self.loan_id}/mandate"
        made = borrower.client.post(self.mandate, LIMIT)
        self.mandate_id = str(made["mandate_id"])
        outside.authorise(made["link"])
        until("the mandate", lambda: self.shown()["state"], lambda state: state == "active")

    def shown(self) -> Any:
        return self.borrower.client.get(self.mandate)

    def due_on(self, later: int = 0) -> date:
        """Of the first instalment, or of one so much later."""
        rows = self.borrower.client.get(f"/v1/loans/{self.loan_id}/schedule")["instalments"]
        return date.fromisoformat(rows[later]["due_on"])

    def is_told(self) -> str:
        """The notice of the debit, once it was sent. On a machine that is busy its sender may be killed: the next run
        sends it again, when two minutes have passed."""

        def told() -> list[str]:
            found = self.borrower.client.get(f"/v1/loans/{self.loan_id}/notices")["notices"]
            return [each["text"] for each in found if each["kind"] == "debit_notice" and each["state"] == "sent"]

        for _ in range(MOST_RUNS):
            self.outside.at_its_hour("remind-in")
            with suppress(AssertionError):
                return until("the notice of the debit", told, bool)[-1]
        return until("the notice of the debit", told, bool)[-1]

    def debits(self) -> list[Any]:
        return self.outside.debits(self.mandate_id)

    def orders(self) -> list[Any]:
        found = self.borrower.client.get(f"/v1/loans/{self.loan_id}/repayments")["repayments"]
        return [order for order in found if order["method"] == "mandate"]

    def repayments(self) -> list[Any]:
        return books.entries(self.borrower, self.loan_id, "repayment")


@pytest.fixture(scope="module")
def told(outside: Outside, new_borrower: NewBorrower) -> tuple[Payer, Payer, Payer]:
    """Three with mandates, two days before their due date, who were told of their debits: the second is poor, the
    third takes his mandate back."""
    outside.turn_to(10)
    payers = (Payer(outside, new_borrower()), Payer(outside, new_borrower()), Payer(outside, new_borrower()))
    outside.turn_to(10, payers[0].due_on() - timedelta(days=2))
    for payer in payers:
        assert "5:00 am" in payer.is_told()
    return payers


def collect(outside: Outside, on: date, hour: int) -> None:
    outside.turn_to(hour, on)
    outside.at_its_hour("collect-in")


def settled(payers: list[Payer], attempts: int) -> None:
    """Waits until each bank was asked so often and everything of it is known."""

    def states() -> list[str]:
        return [order["state"] for payer in payers for order in payer.orders()]

    wanted = attempts * len(payers)
    until("the debits", states, lambda found: len(found) == wanted and not {"ordered", "sent"} & {*found})


def test_a_debit_comes_on_the_due_date_after_its_notice_and_what_fails_comes_in_the_next_window(
    outside: Outside, told: tuple[Payer, Payer, Payer]
) -> None:
    payer, poor, leaver = told
    on, planned = payer.due_on(), payer.shown()["debit"]
    gone = leaver.borrower.client.send("DELETE", leaver.mandate)
    until("the rail's record", lambda: outside.mandate_at_the_bank(leaver.mandate_id), lambda is_: is_ == "revoked")
    outside.bank_behaves("insufficient_funds", mandate_id=poor.mandate_id)
    outside.bank_behaves("lose_both", mandate_id=payer.mandate_id)
    collect(outside, on - timedelta(days=1), 8)
    collect(outside, on, 8)
    settled([payer, poor], 1)
    for _ in range(3):
        outside.at_its_hour("collect-in")
    outside.rest()
    [debit], [refused] = payer.debits(), poor.debits()

    assert gone.body["state"] == "revoked" and leaver.debits() == leaver.orders() == []
    assert (planned["state"], planned["amount"], planned["due_on"]) == ("planned", debit["amount"], on.isoformat())
    assert (refused["status"], refused["reason"]) == ("failed", "insufficient_funds")
    assert [entry["effective_on"] for entry in payer.repayments()] == [on.isoformat()]
    assert [order["reason"] for order in poor.orders()] == ["insufficient_funds"] and poor.repayments() == []

    collect(outside, on, 14)
    settled([poor], 2)
    outside.rest()
    assert len(poor.debits()) == 2 and len(payer.debits()) == 1
    assert [len(each.repayments()) for each in told] == [1, 1, 0]
    until("its end", lambda: over(outside, poor), lambda state: state == "settled")


def over(outside: Outside, payer: Payer) -> str:
    """The debit's state after another run in the same window."""
    outside.at_its_hour("collect-in")
    outside.rest()
    return str(payer.shown()["debit"]["state"])


def test_what_fails_for_good_is_told_and_a_missed_run_debits_nothing_out_of_time(
    outside: Outside, told: tuple[Payer, Payer, Payer]
) -> None:
    payer, poor, _ = told
    on = payer.due_on(1)
    outside.turn_to(10, on - timedelta(days=2))
    outside.night()
    outside.at_its_hour("remind-in")
    for each in (payer, poor):
        until("the plan", lambda each=each: each.shown()["debit"]["due_on"], lambda due: due == on.isoformat())  # type: ignore[misc]
    outside.bank_behaves("account_closed", mandate_id=poor.mandate_id)
    outside.at_the_bank(payer.mandate_id, "pause")
    until("the pause", lambda: payer.shown()["state"], lambda state: state == "paused")
    collect(outside, on, 8)
    until("the refusal", lambda: [order["state"] for order in poor.orders()].count("failed"), lambda n: n == 2)
    until("its end", lambda: over(outside, poor), lambda state: state == "failed")
    outside.turn_to(16, on)
    outside.at_its_hour("remind-in")

    def texts() -> list[str]:
        return [text for text in outside.texts_to(poor.borrower.person.phone) if "did not pay" in text]

    until("the notice of it", texts, bool)
    outside.rest()
    assert len(texts()) == 1
    outside.at_the_bank(payer.mandate_id, "resume")
    until("the mandate", lambda: payer.shown()["state"], lambda state: state == "active")
    late = on + timedelta(days=3)
    collect(outside, late, 8)
    again = (late + timedelta(days=2)).isoformat()
    until("another plan", lambda: payer.shown()["debit"]["at"], lambda at: at.startswith(again))
    outside.rest()
    assert len(payer.debits()) == 1 and len(payer.repayments()) == 1


def test_a_card_is_typed_in_on_the_rails_page_and_pays_once(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id, amount = borrower.active_loan(), {"minor": 30_000, "currency": "INR"}
    repayments = f"/v1/loans/{loan_id}/repayments"
    made = borrower.client.post(repayments, {"amount": amount, "purpose": "instalment", "method": "card"})
    order = f"{repayments}/{made['repayment_id']}"
    page, same = (borrower.client.get(order)["payment_page"] for _ in range(2))
    paid = {outside.pay_by_card(page) for _ in range(2)}
    done = borrower.client.get_until("the money", order, lambda found: found["state"] == "settled")

    assert page == same and len(paid) == 1
    assert (done["received"], done["payment_page"]) == (amount, None)
    assert len(books.entries(borrower, loan_id, "repayment")) == 1
