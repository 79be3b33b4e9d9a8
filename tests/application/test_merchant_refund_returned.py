"""What a merchant gave back goes back: held, assigned, on its way, or booked; killed anywhere, twice and late."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.adapters.held import Held
from shared.adapters.loans import Loans
from shared.adapters.rails import Amount, MerchantRefundNews, PaymentNews, ReturnNews, Standing
from shared.adapters.requests import Request
from shared.adapters.table import load
from shared.application.check_book import is_book_right
from shared.application.hear_merchant_refund import hear_merchant_refund
from shared.application.resolve_held import assign_held, return_held
from shared.application.return_repayment import return_repayment
from shared.application.send_refund import send_refund
from shared.application.settle_repayment import settle_repayment
from shared.domain.errors import Unavailable
from shared.domain.held import HeldPayment
from shared.domain.ledger import balances, live
from shared.domain.staff import Staff
from tests.application.desk import Death
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.application.test_checkout_steps import Till, lent
from tests.sandbox import TODAY

MEENA = Staff("stf_meena", ("approver",))
# The merchant was paid 20,000.00.
BEYOND = 20_001


@dataclass
class Bank:
    says: str

    def refund(self, _: HeldPayment) -> Standing:
        return Standing(self.says)

    def ask_refund(self, _: HeldPayment) -> Standing:
        return Standing(self.says)


class ReturnTill(Till):
    """Hears that money went back, and has a desk for what is held."""

    def goes_back(self, rail: str = "upi", reference: str = "", known_as: str = "M1") -> str | None:
        named = reference or self.paid().payout_id
        news = ReturnNews(type="payment.returned", payment_id=known_as, reference=named, rail=rail)
        return return_repayment(news, self.at, loans=self.loans)

    def paid(self) -> Any:
        return next(each for each in self.payouts() if each.purpose == "disbursement")

    def held(self) -> HeldPayment:
        [item] = self.stored("held")
        return load(HeldPayment, item)

    def by(self, key: str) -> dict[str, Any]:
        request = Request(MEENA.staff_id, "POST /v1/desk/unmatched", key, "hash", 200)
        return {"loans": self.loans, "request": request, "view": lambda held: held.state}

    def assign(self) -> Any:
        loan_id, ids = self.paid().loan_id, (self.new_id("aud"), self.new_id("pout"))
        because = "The merchant says that it is hers."
        return assign_held(
            self.held().held_id, loan_id, "instalment", because, MEENA, ids, self.at, **self.by("assign")
        )

    def send_back(self, says: str) -> HeldPayment:
        return_held(self.held().held_id, "His.", MEENA, self.new_id("aud"), "in", TODAY, self.at, **self.by("back"))
        return self.goes_on(says)

    def goes_on(self, says: str) -> HeldPayment:
        bank: Any = Bank(says)
        return send_refund(self.held().held_id, loans=self.loans, rails=lambda _: bank)

    def balances(self) -> dict[str, int]:
        return {name: minor for name, minor in balances(self.entries()).items() if minor}

    def standing(self) -> list[str]:
        return [entry.kind for entry in live(self.entries())]

    def entries(self) -> Any:
        return Loans(self.onlooker()).entries(self.paid().loan_id)


def held(till: ReturnTill) -> None:
    lent(till)
    till.gives_back(BEYOND)


def assigned(till: ReturnTill) -> None:
    held(till)
    till.assign()


def booked(till: ReturnTill) -> None:
    lent(till)
    till.gives_back(5_000)


def whole(till: ReturnTill) -> None:
    lent(till)
    till.gives_back(20_000)


@dataclass(frozen=True)
class Step:
    before: Callable[[ReturnTill], object]
    state: str | None
    verb: Callable[[ReturnTill], object] = ReturnTill.goes_back


STEPS = {
    "while it is held": Step(held, "called_back"),
    "after it was assigned": Step(assigned, "called_back"),
    "after a part was taken off the loan": Step(booked, None),
    "after the whole was taken off the loan": Step(whole, None),
}


def nothing_is_left_of_it(till: ReturnTill, step: Step) -> None:
    """The books are those of a loan to which no merchant ever gave anything back."""
    plain = ReturnTill()
    lent(plain)
    assert till.balances() == plain.balances()
    assert till.standing() == plain.standing()
    assert till.loans.get(till.paid().loan_id)[0].state == "active"
    assert [item["state"] for item in till.stored("held")] == ([step.state] if step.state else [])
    assert is_book_right(till.paid().loan_id, loans=Loans(till.onlooker()))


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_what_a_merchant_gave_back_goes_back_wherever_it_is_killed(name: str, comes_after: bool, death: Death) -> None:
    killed_at_each_call(lambda: ReturnTill(death), STEPS[name], nothing_is_left_of_it, death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_what_a_merchant_gave_back_goes_back_once(name: str) -> None:
    done_three_times(ReturnTill(), STEPS[name], nothing_is_left_of_it)


@pytest.mark.parametrize("name", STEPS)
def test_what_went_back_is_not_taken_again_when_its_coming_is_told_again(name: str) -> None:
    till = ReturnTill()
    STEPS[name].before(till)
    till.goes_back()
    till.gives_back({"booked": 5_000, "whole": 20_000}.get(STEPS[name].before.__name__, BEYOND))

    nothing_is_left_of_it(till, STEPS[name])


def test_what_went_back_is_listed_for_staff_no_more() -> None:
    till = ReturnTill()
    held(till)
    till.goes_back()

    assert Held(till.table).waiting("INR", None, 5)[0] == []


def test_what_staff_are_sending_back_waits_for_that_and_goes_back_if_it_fails() -> None:
    till = ReturnTill()
    held(till)
    till.send_back("accepted")
    for _ in range(2):
        with pytest.raises(Unavailable):
            till.goes_back()
    till.goes_on("failed")

    assert till.goes_back() is None
    assert till.held().state == "called_back"


def test_what_staff_sent_back_stays_so_and_is_told_of_as_nothing_of_a_loan() -> None:
    till = ReturnTill()
    held(till)
    till.send_back("settled")

    assert [till.goes_back(), till.goes_back()] == [None, None]
    assert till.held().state == "returned"


def test_news_that_overtook_what_the_merchant_gave_back_wait_for_it() -> None:
    till = ReturnTill()
    lent(till)

    with pytest.raises(Unavailable):
        till.goes_back()
    till.gives_back(5_000)
    assert till.goes_back() == till.paid().loan_id


@pytest.mark.parametrize("before", [held, assigned, booked])
def test_another_rail_takes_nothing_back_of_it(before: Callable[[ReturnTill], None]) -> None:
    till = ReturnTill()
    before(till)
    was = (till.balances(), till.stored("held"))

    with pytest.raises(Unavailable):
        till.goes_back("card")
    assert (till.balances(), till.stored("held")) == was


def test_the_reference_tells_it_from_a_payment_of_the_same_id() -> None:
    """Both are held, for nothing of ours: the merchant's goes back, and then the payer's."""
    till = ReturnTill()
    lent(till)
    facts: dict[str, Any] = {"amount": Amount(minor=100, currency="INR"), "received_on": TODAY}
    paid = PaymentNews(type="payment.received", payment_id="M1", reference="EMI", **facts)
    settle_repayment(paid, "pout_x", till.at, loans=till.loans)
    given = MerchantRefundNews(type="refund.received", refund_id="M1", reference="pout_of_nobody", **facts)
    hear_merchant_refund(given, "pout_x", till.at, loans=till.loans)
    states = []
    for reference in ("pout_of_nobody", "EMI"):
        till.goes_back(reference=reference)
        states.append({item["reference"]: item["state"] for item in till.stored("held")})

    assert states == [
        {"EMI": "held", "pout_of_nobody": "called_back"},
        {"EMI": "called_back", "pout_of_nobody": "called_back"},
    ]


def test_a_payment_whose_payer_wrote_the_payouts_id_is_his() -> None:
    till = ReturnTill()
    booked(till)
    facts: dict[str, Any] = {"amount": Amount(minor=100, currency="INR"), "received_on": TODAY}
    named = till.paid().payout_id
    paid = PaymentNews(type="payment.received", payment_id="P1", reference=named, **facts)
    settle_repayment(paid, "pout_x", till.at, loans=till.loans)

    assert till.goes_back(known_as="P1") is None
    assert till.held().state == "called_back" and "merchant_refund" in till.standing()
