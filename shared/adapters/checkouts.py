"""Checkouts in the loans book: the head, its offers, whose a merchant's order is, and the borrower's list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, load, plain, record, squeezed, unsqueezed
from shared.domain.checkouts import Checkout, Claim
from shared.domain.errors import NotFound
from shared.domain.offers import Board, Offer

HEAD, OFFERS, CLAIM = "checkout", "offers", "claim"


@dataclass(frozen=True, slots=True)
class Checkouts:
    table: Table

    def get(self, checkout_id: str) -> Checkout:
        """Raises `NotFound`."""
        item = self.table.get(checkout_id, HEAD)
        if item is None:
            raise _unknown()
        return load(Checkout, item)

    def of_borrower(self, checkout_id: str, borrower_id: str) -> tuple[Checkout, list[Offer]]:
        """With its offers, best first, in one read. Raises `NotFound` for another's too."""
        items = {item["sk"]: item for item in self.table.query(checkout_id)}
        if HEAD not in items or items[HEAD]["borrower_id"] != borrower_id:
            raise _unknown()
        return load(Checkout, items[HEAD]), load(list[Offer], unsqueezed(items[OFFERS]["offers"]))

    def claim(self, merchant_id: str, order_id: str) -> Claim | None:
        """Which checkout the order belongs to."""
        item = self.table.get(*_claim_key(merchant_id, order_id))
        return load(Claim, item) if item else None

    def reserve(
        self,
        checkout: Checkout,
        made: Board,
        claim: Claim | None,
        limit: Write,
        request: Request,
        answer: Any,
    ) -> None:
        """The checkout with its board, its claim on the order in the place of the one before, and the limit."""
        board = {"offers": squeezed([plain(offer) for offer in made.offers]), "inputs": squeezed(plain(made.inputs))}
        writes = [
            limit,
            Write(record(checkout, checkout.checkout_id, HEAD)),
            Write({"pk": checkout.checkout_id, "sk": OFFERS, **board}),
            Write({"pk": checkout.borrower_id, "sk": checkout.checkout_id}),
            self._claimed(checkout, claim),
        ]
        self.table.transact(writes, request, answer)

    def confirm(self, checkout: Checkout, claim: Claim, writes: Sequence[Write], request: Request, answer: Any) -> None:
        """The confirmed head and all that comes of it at once.

        The claim is written too: whoever takes the order for free at the same moment and this cannot both be right.
        """
        self.table.transact([_changed(checkout), self._claimed(checkout, claim), *writes], request, answer)

    def release(self, checkout: Checkout, limit: Write) -> None:
        self.table.transact([_changed(checkout), limit])

    def _claimed(self, checkout: Checkout, seen: Claim | None) -> Write:
        made = Claim(checkout.checkout_id, seen.version + 1 if seen else 0)
        key = _claim_key(checkout.merchant_id, checkout.order_id)
        return Write(record(made, *key), seen.version if seen else None)


def _changed(checkout: Checkout) -> Write:
    """The head one version later than it was read."""
    return Write(record(checkout, checkout.checkout_id, HEAD), checkout.version - 1)


def _claim_key(merchant_id: str, order_id: str) -> tuple[str, str]:
    return f"order#{merchant_id}#{order_id}", CLAIM


def _unknown() -> NotFound:
    return NotFound("not_found", "There is no such checkout.")
