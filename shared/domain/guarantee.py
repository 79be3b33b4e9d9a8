"""A guarantee for losses (default loss guarantee): so much of what a lender loses on loans from here is made good.

Reserve Bank of India, Guidelines on Default Loss Guarantee in Digital Lending, RBI/2023-24/41, 8 June 2023: at most
five per cent of the amount disbursed, in cash, under lien or by a bank; called in within 120 days overdue. It is no
payment of the borrower, who owes all of his loan as before, and what was called in once is not there a second time,
whatever is recovered afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from shared.domain.allocation import Due


@dataclass(frozen=True, slots=True)
class GuaranteeRules:
    """What a market allows: the largest share of the amount disbursed, the latest day of a claim, and the forms."""

    most_share: Decimal
    latest_days: int
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What was agreed with a lender: the pool is `cap_share` of all that he disbursed through us.

    A loan that is overdue for `trigger_days` is claimed. How much of a loss that is, is the lender's share of losses.
    """

    cap_share: Decimal
    form: str
    trigger_days: int

    def breach(self, rules: GuaranteeRules) -> str | None:
        """What of it the market does not allow."""
        if not 0 < self.cap_share <= rules.most_share:
            return f"guarantees {self.cap_share} of the portfolio"
        if not 0 < self.trigger_days <= rules.latest_days:
            return f"calls a guarantee in after {self.trigger_days} days"
        if self.form not in rules.forms:
            return f"guarantees by {self.form}"
        return None


@dataclass(frozen=True, slots=True)
class Pool:
    """Of one lender, in minor units: what was disbursed up to the last settled day, and what was called in."""

    partner_id: str
    disbursed: int = 0
    invoked: int = 0
    version: int = 0

    def cap(self, guarantee: Guarantee) -> int:
        return int((self.disbursed * guarantee.cap_share).quantize(Decimal(1), ROUND_DOWN))

    def left(self, guarantee: Guarantee) -> int:
        """Nothing where the cap has come down below what was called in, as when payouts came back."""
        return max(0, self.cap(guarantee) - self.invoked)

    def lent(self, amount: int) -> "Pool":
        return replace(self, disbursed=self.disbursed + amount)


@dataclass(frozen=True, slots=True)
class Claim:
    """One loan that was called in, once. Amounts in minor units.

    `loss` is what was unpaid of principal and interest, `amount` what the pool pays of it, `short` what it would have
    paid had it been larger. The oldest due was unpaid since `due_on`.
    """

    loan_id: str
    partner_id: str
    on: date
    due_on: date
    days_past_due: int
    loss: int
    amount: int
    short: int
    currency: str
    claimed_at: datetime


def claims_on(dues: Iterable[Due], guarantee: Guarantee) -> date | None:
    """The day on which the loan is to be called in if nothing is paid; None while nothing makes it late.

    A penal charge alone does not.
    """
    oldest = min((due.due_on for due in dues if due.arrears), default=None)
    return None if oldest is None else oldest + timedelta(days=guarantee.trigger_days)


def called_in(
    loan_id: str,
    principal: int,
    dues: tuple[Due, ...],
    pool: Pool,
    guarantee: Guarantee,
    *,
    share: Decimal,
    currency: str,
    on: date,
    at: datetime,
) -> tuple[Claim, Pool]:
    """The claim of a `share` of the loss, as far as the pool goes, and the pool after it. Shares are rounded down."""
    due_on = min(due.due_on for due in dues if due.arrears)
    loss = principal + sum(due.interest for due in dues)
    wanted = int((loss * share).quantize(Decimal(1), ROUND_DOWN))
    amount = min(wanted, pool.left(guarantee))
    claim = Claim(
        loan_id=loan_id,
        partner_id=pool.partner_id,
        on=on,
        due_on=due_on,
        days_past_due=(on - due_on).days,
        loss=loss,
        amount=amount,
        short=wanted - amount,
        currency=currency,
        claimed_at=at,
    )
    return claim, replace(pool, invoked=pool.invoked + amount)


def shared_back(claim: Claim, recovered: int) -> int:
    """The guarantor's part of all that was recovered since the claim, rounded down; never more than he paid."""
    return min(claim.amount, max(0, recovered) * claim.amount // claim.loss) if claim.loss else 0
