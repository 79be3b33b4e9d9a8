"""The settlement of one lender's day: what moved between him and his borrowers, and who owes whom what for it.

The money itself has gone directly between lender and borrower (RBI Digital Lending Directions 2025): what is owed here
is the platform's fee, which the lender pays and no borrower, and what a guarantee pays and gets back.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shared.domain.flows import Flow, summed

# waiting: a statement is not there yet. differs: somebody has to look.
STATES = ("waiting", "differs", "agreed")


@dataclass(frozen=True, slots=True)
class PlatformFee:
    """What the lender pays for a loan: a share of the principal that he lent, and tax on that."""

    share: Decimal
    tax_rate: Decimal

    def of(self, lent: int) -> tuple[int, int]:
        """Fee and tax in minor units, each rounded half up; less than nothing where payouts came back."""
        fee = int((lent * self.share).quantize(Decimal(1), ROUND_HALF_UP))
        return fee, int((fee * self.tax_rate).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Compared:
    """What one side's statement of the day says, in minor units, and how it comes to the same as the books.

    `net` is the sum of its lines. `elsewhere` are lines that our books have under another day, `held` lines of money
    that fits no loan yet, `other_days` movements of this day that the side has on another. What then is left between
    `net` and the books is the sum of the differences.
    """

    lines: int
    net: int
    elsewhere: int
    held: int
    other_days: int
    sha256: str

    def left(self, net: int) -> int:
        return self.net - self.elsewhere - self.held + self.other_days - net


@dataclass(frozen=True, slots=True)
class SettledDay:
    """`sums` are the movements by kind, `accounts` those of the ledger by what moved them; `net` is the lender's gain.

    `rail` and `partner` are None until their statements are there, `manifest_sha256` until the day's files are.
    `differences` counts those of the day that are open. Amounts are in minor units of `currency`. `movements_sha256`
    fixes the day: it may never be another.
    """

    partner_id: str
    market: str
    currency: str
    on: date
    movements: int
    movements_sha256: str
    sums: Mapping[str, int]
    accounts: Mapping[str, Mapping[str, int]]
    net: int
    lent: int
    freed: int
    fee: int
    fee_tax: int
    invoked: int
    shared_back: int
    settled_at: datetime
    state: str = "waiting"
    rail: Compared | None = None
    partner: Compared | None = None
    differences: int = 0
    manifest_sha256: str | None = None
    version: int = 0

    @property
    def owed_by_lender(self) -> int:
        """For the platform and the guarantor, from the lender; below nothing he gets it."""
        return self.fee + self.fee_tax + self.shared_back - self.invoked

    def statement(self) -> dict[str, Any]:
        """What never changes of the day, as the lender's file has it: amounts in minor units of `currency`."""
        amounts = ("net", "lent", "freed", "fee", "fee_tax", "invoked", "shared_back", "owed_by_lender")
        return {
            "partner_id": self.partner_id,
            "market": self.market,
            "on": self.on.isoformat(),
            "currency": self.currency,
            "movements": self.movements,
            "movements_sha256": self.movements_sha256,
            "sums": dict(sorted(self.sums.items())),
            "accounts": {kind: dict(sorted(moved.items())) for kind, moved in sorted(self.accounts.items())},
            **{name: getattr(self, name) for name in amounts},
        }


def booked(
    flows: Sequence[Flow],
    *,
    partner_id: str,
    market: str,
    currency: str,
    on: date,
    fee: PlatformFee | None,
    invoked: int,
    shared_back: int,
    at: datetime,
) -> SettledDay:
    """What the books say of the day, before anybody else was asked."""
    movements = [each for flow in flows for each in flow.movements]
    sums: dict[str, int] = {}
    for each in movements:
        sums[each.kind] = sums.get(each.kind, 0) + each.amount
    accounts = summed(flows)
    lent = accounts.get("disbursement", {}).get("principal", 0)
    owed, tax = fee.of(lent) if fee else (0, 0)
    return SettledDay(
        partner_id=partner_id,
        market=market,
        currency=currency,
        on=on,
        movements=len(movements),
        movements_sha256=fingerprint(flows),
        sums=dict(sorted(sums.items())),
        accounts=accounts,
        net=sum(sums.values()),
        lent=lent,
        freed=freed(flows),
        fee=owed,
        fee_tax=tax,
        invoked=invoked,
        shared_back=shared_back,
        settled_at=at,
    )


def freed(flows: Iterable[Flow]) -> int:
    """Principal that came back to the lender, in minor units. What was never paid out is the reservation's to free."""
    repaid = (moved for kind, moved in summed(flows).items() if kind != "disbursement")
    return -sum(moved.get("principal", 0) for moved in repaid)


def fingerprint(flows: Iterable[Flow]) -> str:
    """SHA-256 of all movements of a day, in the order of their ids."""
    movements = sorted((each for flow in flows for each in flow.movements), key=lambda each: each.movement_id)
    listed = [[each.movement_id, each.loan_id, each.amount, each.on.isoformat()] for each in movements]
    return hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()
