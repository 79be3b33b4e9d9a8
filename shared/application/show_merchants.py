"""What staff see of merchants: from when to when each may be paid, and whether a change of it is proposed."""

from dataclasses import dataclass

from shared.adapters.merchants import Merchants
from shared.adapters.proposals import MerchantChanges
from shared.domain.merchants import Merchant
from shared.domain.proposals import Proposal


@dataclass(frozen=True, slots=True)
class ShownMerchant:
    merchant: Merchant
    proposal: Proposal[Merchant] | None


def show_merchants(
    after: str | None, limit: int, *, changes: MerchantChanges
) -> tuple[list[ShownMerchant], str | None]:
    """A page of them by their ids, and the next `after`."""
    found, then = Merchants(changes.table).page(after, limit)
    return [ShownMerchant(each, changes.latest(each.merchant_id)) for each in found], then
