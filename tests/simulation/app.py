"""Borrowers with the app in hand: the whole way through the API, from the sign-in to the last instalment."""

from dataclasses import dataclass
from typing import Any

from infra.local.borrower import TWENTY_THOUSAND, Borrower, Person, another
from infra.local.outside import Outside


@dataclass(frozen=True, slots=True)
class Paid:
    """What the rail took for an order of the app; it tells of it by itself."""

    repayment_id: str
    payment_id: str
    minor: int


class App:
    def __init__(self, outside: Outside, number: int) -> None:
        self.outside = outside
        self.borrower = Borrower(outside, another(Person(), number))

    def active_loan(self, tenor_months: int) -> str:
        return self.borrower.active_loan(TWENTY_THOUSAND, tenor_months)

    def pay_what_is_due(self, loan_id: str) -> Paid | None:
        """Pays what the app shows as due today, penal charges and all; nothing when that is nothing."""
        self._stay_signed_in()
        minor = sum(self._of_a_due(due) for due in self.borrower.loan(loan_id)["dues"])
        if not minor:
            return None
        amount = {"minor": minor, "currency": "INR"}
        order = self.borrower.order_repayment(loan_id, amount)
        payment_id = self.outside.pay(order["repayment_id"], amount, "lender@bank")
        return Paid(order["repayment_id"], payment_id, minor)

    def _of_a_due(self, due: dict[str, Any]) -> int:
        return sum(int(due[part]["minor"]) for part in ("principal", "interest", "fee", "penalty"))

    def _stay_signed_in(self) -> None:
        """A token lasts for minutes, and months pass in as many."""
        client = self.borrower.client
        known = {"refresh_token": self.borrower.tokens["refresh_token"]}
        client.token = client.post("/v1/sessions/refresh", known)["access_token"]
