"""A mandate: the borrower's standing consent that his instalments are debited, up to a limit and a last day.

He gives it in his bank's app by a link of ours, or signs it on a page of the rail, and the rail tells what became of
it. Reserve Bank of India, Digital Payments - E-mandate Framework, 2026, 21 April 2026, and People's Bank of China,
Yinfa [2020] No. 248, on collections: authorised once, for a payee, a limit and a time, and taken back at any time.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.loan import Loan, due_date, require
from shared.domain.money import Money

# created: the link was made. pending: authenticated, the bank has not answered yet.
MOVES: dict[str, tuple[str, ...]] = {
    "created": ("pending", "active", "failed", "revoked"),
    "pending": ("active", "failed", "revoked"),
    "active": ("paused", "revoked"),
    "paused": ("active", "revoked"),
    "revoked": (),
    "failed": (),
}


@dataclass(frozen=True, slots=True)
class MandateRules:
    """How it is given: by an intent for UPI (`upi`), or on a `page` of the rail. The largest limit, in minor units,
    zero for none at all; days in which the link is used, and in which debits may come after the loan's last date."""

    scheme: str
    most_minor: int
    link_days: int
    days_after_last_due: int


@dataclass(frozen=True, slots=True)
class Mandate:
    """Debits of at most `limit` each, up to and on `valid_until`. The link waits until `link_until`."""

    mandate_id: str
    loan_id: str
    borrower_id: str
    payee_vpa: str
    limit: Money
    valid_from: date
    valid_until: date
    link_until: date
    state: str
    created_at: datetime
    version: int = 0
    reason: str | None = None
    scheme: str = "upi"

    @property
    def link(self) -> str | None:
        """A UPI intent for a monthly mandate that the borrower may revoke (NPCI UPI Linking Specification); None where
        the rail has a page to sign it on."""
        if self.scheme != "upi":
            return None
        since, until = f"{self.valid_from:%d%m%Y}", f"{self.valid_until:%d%m%Y}"
        amount = f"am={self.limit.decimal()}&amrule=MAX&cu={self.limit.currency}"
        rule = f"recur=MONTHLY&validitystart={since}&validityend={until}&rev=Y"
        return f"upi://mandate?pa={self.payee_vpa}&{amount}&{rule}&tr={self.mandate_id}"


def created(
    loan: Loan,
    contract: Contract,
    rules: MandateRules,
    now: Mandate | None,
    *,
    mandate_id: str,
    limit: Money,
    on: date,
    at: datetime,
) -> Mandate:
    """Raises `Refused`. `now` is the loan's latest mandate: only when that is over may there be another."""
    require(loan, "closure")
    if now is not None and is_open(now, on):
        raise Refused("mandate_open", "There is a mandate for this loan; revoke it first.")
    assert loan.plan is not None
    contract.require_currency(limit, "/limit/currency")
    if limit.minor > rules.most_minor:
        most = Money(rules.most_minor, contract.currency)
        raise Refused("mandate_beyond_limits", "A mandate here is for at most {most}.", "/limit/minor", most=most)
    if limit.minor < loan.plan.instalment:
        says = "The limit must cover the instalment of this loan."
        raise Refused("mandate_beyond_limits", says, "/limit/minor")
    last = due_date(loan, contract, loan.plan.last_number)
    return Mandate(
        mandate_id=mandate_id,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        payee_vpa=contract.payee_vpa,
        limit=limit,
        valid_from=on,
        valid_until=max(last, on) + timedelta(days=rules.days_after_last_due),
        link_until=on + timedelta(days=rules.link_days),
        state="created",
        created_at=at,
        scheme=rules.scheme,
    )


def told(mandate: Mandate, state: str, reason: str | None = None) -> Mandate | None:
    """What the rail says has become of it; None when it is no news, since it is so or has gone further."""
    return replace(mandate, state=state, reason=reason) if state in MOVES[mandate.state] else None


def revoked(mandate: Mandate, on: date) -> Mandate:
    """By the borrower, at any time; one that is over stays as it is."""
    return replace(mandate, state="revoked") if is_open(mandate, on) else mandate


def standing(mandate: Mandate, on: date) -> str:
    """Its state on a day: `expired` after its last day, or when nobody used the link."""
    is_late = on > (mandate.link_until if mandate.state == "created" else mandate.valid_until)
    return "expired" if MOVES[mandate.state] and is_late else mandate.state


def awaits_page(mandate: Mandate, on: date) -> bool:
    """Whether it is to be signed on a page of the rail."""
    return mandate.scheme == "page" and standing(mandate, on) == "created"


def is_open(mandate: Mandate, on: date) -> bool:
    return bool(MOVES.get(standing(mandate, on)))


def may_debit(mandate: Mandate, amount: Money, on: date) -> bool:
    """Whether so much may be debited on a day by this mandate."""
    is_within = mandate.valid_from <= on and amount.currency == mandate.limit.currency and amount <= mandate.limit
    return standing(mandate, on) == "active" and is_within
