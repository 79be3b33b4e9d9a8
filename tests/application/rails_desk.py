"""One loan, and all that rails may tell of it."""

from copy import deepcopy
from typing import Any

from shared.adapters.loans import CONTRACT, HEAD
from shared.adapters.rails import (
    DebitNews,
    MandateNews,
    MerchantRefundNews,
    PaymentNews,
    PayoutNews,
    RefundNews,
    ReturnNews,
    news,
)
from shared.adapters.requests import Request
from shared.adapters.table import Write, load, record, unpack
from shared.application.hear_mandate_news import hear_mandate_news
from shared.application.hear_merchant_refund import hear_merchant_refund
from shared.application.hear_payout_news import hear_payout_news
from shared.application.resolve_held import return_held
from shared.application.return_repayment import return_repayment
from shared.application.send_refund import hear_refund
from shared.application.settle_repayment import settle_repayment
from shared.domain.held import HeldPayment
from shared.domain.loan import sanctioned
from shared.domain.references import reference
from shared.domain.staff import Staff
from tests.application.debiting import DebitDesk
from tests.application.desk import AT, ON, Death

MEENA = Staff("stf_meena", ("approver",))


class RailsDesk(DebitDesk):
    """Hears all that a rail may tell, as the doors `payout` and `settle` do. A reference can name its loan."""

    def __init__(self, death: Death) -> None:
        super().__init__(death)
        self.loan_id = f"loan_{self.number:026}"
        loan = sanctioned(self.loan_id, "brw_asha", self.contract, "app_1", "off_1", AT)
        heads = (record(loan, self.loan_id, HEAD), record(self.contract, self.loan_id, CONTRACT))
        self.loans.table.transact([Write(item) for item in heads])
        self.wanted, self.was = "", self.everything()

    def tell(self, rail: str, kind: str, names: str, **facts: Any) -> object:
        """None or False when it is not believed, or held."""
        body = {"type": kind, "reference": names, **facts}
        match news(body, rail):
            case PayoutNews() as told:
                return hear_payout_news(told, self.new_id("pout"), AT, loans=self.loans)
            case RefundNews() as told:
                return hear_refund(told, loans=self.loans)
            case MandateNews() | DebitNews() as told:
                return hear_mandate_news(told, loans=self.loans)
            case ReturnNews() as told:
                return return_repayment(told, AT, loans=self.loans)
            case MerchantRefundNews() as told:
                return hear_merchant_refund(told, self.new_id("pout"), AT, loans=self.loans)
            case PaymentNews() as told:
                return settle_repayment(told, self.new_id("pout"), AT, loans=self.loans)

    def pay(self, rail: str, names: str, known_as: str = "same_1", minor: int = 50_000, **facts: Any) -> object:
        amount = {"minor": minor, "currency": "INR"}
        told = {"payment_id": known_as, "amount": amount, "received_on": ON.isoformat(), **facts}
        return self.tell(rail, "payment.received", names, **told)

    def order_by(self, method: str) -> str:
        return str(self.order("500", method=method)["id"])

    def send_back(self) -> str:
        """The id of an order to send held money back."""
        [held] = self.held()
        request = Request(MEENA.staff_id, "POST /v1/desk/unmatched", "back", "hash", 200)
        given: dict[str, Any] = {"loans": self.loans, "request": request, "view": lambda done: done.refund_id}
        return return_held(held.held_id, "A stranger's.", MEENA, self.new_id("aud"), "in", ON, AT, **given)

    def held(self) -> list[HeldPayment]:
        return [load(HeldPayment, item) for item in self.everything().values() if item["sk"] == "held"]

    def everything(self) -> dict[tuple[str, str], dict[str, Any]]:
        stored = deepcopy(self.store.items)
        return {(pk, sk): unpack(item) for pk, under in stored.items() for sk, item in under.items()}

    def remembers(self) -> None:
        self.was = self.everything()

    def has_changed(self, but: str = "") -> bool:
        """Whether any item is another than when it was remembered; `but` are those that may."""
        return {key: item for key, item in self.everything().items() if key[1] != but} != self.was

    def reference(self) -> str:
        return reference(self.loan_id)

    def payout_id(self) -> str:
        return self.payouts()[-1].payout_id

    def mandate_id(self) -> str:
        [item] = self.items("mandate")
        return str(item["mandate_id"])
