"""What rails told us, as they signed it: each message once, with its task."""

from dataclasses import dataclass
from typing import Any

from shared.adapters.rails import (
    DebitNews,
    MandateNews,
    MerchantRefundNews,
    News,
    PaymentNews,
    PayoutNews,
    RefundNews,
    ReturnNews,
    news,
)
from shared.adapters.table import Stale, Table, Write


@dataclass(frozen=True, slots=True)
class RailEvents:
    table: Table

    def keep(self, rail: str, event_id: str, body: dict[str, Any], task: str) -> bool:
        """Whether the message is new. The stream makes it a message in its task's queue."""
        item = {"pk": f"rail#{rail}#{event_id}", "sk": "event", "body": body, "task": task}
        try:
            self.table.transact([Write(item)])
        except Stale:
            return False
        return True

    def payment(self, pk: str) -> PaymentNews | ReturnNews | MerchantRefundNews:
        told = self._news(pk)
        assert isinstance(told, PaymentNews | ReturnNews | MerchantRefundNews), told.type
        return told

    def mandate(self, pk: str) -> MandateNews | DebitNews | None:
        """News of a mandate or of a debit by it, which come by the same queue; None when it is of money."""
        told = self._news(pk)
        return told if isinstance(told, MandateNews | DebitNews) else None

    def refund(self, pk: str) -> RefundNews | None:
        """News of money that was ordered back, which come by the same queue; None when it is of a payout."""
        told = self._news(pk)
        return told if isinstance(told, RefundNews) else None

    def payout(self, pk: str) -> PayoutNews:
        told = self._news(pk)
        assert isinstance(told, PayoutNews), told.type
        return told

    def _news(self, pk: str) -> News:
        item = self.table.get(pk, "event")
        assert item is not None, pk
        return news(item["body"], pk.split("#")[1])
