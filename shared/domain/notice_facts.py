"""What a notice tells: its facts, and which of them no text may leave out.

RBI/2023-24/53, 18 August 2023: every reminder tells the quantum of the penal charge and its reason. So whatever asks
for money says what default costs (`if_late`) or has cost and why (`so_far`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.domain import facts
from shared.domain.money import Money
from shared.domain.penal import DEFERS, Penalty

# Why each kind is sent; `contact` says what binds which purpose.
PURPOSES = {
    "upcoming": "reminder",
    "due_today": "reminder",
    "overdue": "recovery",
    "class_changed": "duty",
    "credit_report_preview": "duty",
    "debit_notice": "duty",
    "debit_failed": "duty",
    "agent_named": "duty",
    "dispute_corrected": "answer",
    "dispute_confirmed": "answer",
    "receipt": "answer",
    "refund": "answer",
    "payment_returned": "answer",
    "merchant_refund": "answer",
    "waiver_granted": "answer",
    "waiver_declined": "answer",
    "waiver_kept": "answer",
    "waiver_lapsed": "duty",
    "waiver_reversed": "duty",
    "settlement_offered": "duty",
    "settlement_kept": "answer",
    "settlement_lapsed": "duty",
    "settlement_withdrawn": "duty",
    "plan_agreed": "answer",
    "plan_refused": "answer",
    "plan_proposed": "duty",
    "plan_broken": "duty",
    "legal_demand": "duty",
    "legal_steps": "duty",
    "legal_over": "duty",
    "paper_accepted": "answer",
    "paper_rejected": "answer",
    "paper_waits": "answer",
    "new_device": "duty",
    "phone_change": "duty",
    "account_linked": "duty",
    "bank_account_changed": "duty",
    "consent_withdrawn": "duty",
    "data_erasure": "duty",
    "sanction_ended": "duty",
    "application_approved": "answer",
    "limit_granted": "answer",
    "application_declined": "answer",
    "review_ended": "answer",
}

# Whoever sends a notice adds these to its own facts.
AROUND = ("lender", "officer_phone", "pay_link")

_WHO = ("lender", "officer_phone")
_EVER = (*_WHO, "amount")
_DEMAND = (*_EVER, "due_on", "pay_link")
_LATE = (*_DEMAND, "to_pay", "so_far")
# Every text of a notice, and what it tells in every language and channel.
FACTS: Mapping[str, tuple[str, ...]] = {
    "upcoming": (*_DEMAND, "if_late"),
    "due_today": (*_DEMAND, "if_late"),
    "overdue.gentle": (*_LATE, "days"),
    "overdue.firm": (*_LATE, "days"),
    "class_changed": (*_LATE, "class", "changed_on"),
    "class_changed.borrower": ("lender", "officer_phone", "class", "changed_on"),
    "class_changed.restructured": ("lender", "officer_phone", "class", "changed_on"),
    "class_changed.cured": ("lender", "officer_phone", "changed_on"),
    "credit_report_preview": (*_LATE, "days", "reference_on"),
    "debit_notice": (*_DEMAND, "debit_at", "tries_until", "mandate"),
    "debit_failed": (*_DEMAND, "if_late", "mandate"),
    "agent_named": ("lender", "officer_phone", "agent", "agent_phone"),
    "dispute_corrected": _WHO,
    "dispute_confirmed": _WHO,
    "receipt": (*_EVER, "received_on", "outstanding"),
    "refund": (*_EVER, "paid_on"),
    "payment_returned": (*_EVER, "received_on"),
    "payment_returned.merchant": (*_EVER, "merchant", "received_on"),
    "merchant_refund": (*_EVER, "merchant", "received_on", "outstanding"),
    "merchant_refund.last": (*_EVER, "merchant", "received_on"),
    "receipt.last": (*_EVER, "received_on"),
    "waiver_granted": (*_EVER, "by", "given_up", "pay_link"),
    "waiver_declined": _WHO,
    "waiver_kept": (*_WHO, "given_up"),
    "waiver_lapsed": _WHO,
    "waiver_reversed": _WHO,
    "settlement_offered": (*_EVER, "by", "given_up", "pay_link"),
    "settlement_kept": (*_WHO, "given_up"),
    "settlement_lapsed": _WHO,
    "settlement_withdrawn": _WHO,
    "plan_agreed": (*_EVER, "due_on"),
    "plan_refused": _WHO,
    "plan_proposed": (*_WHO, "by"),
    "plan_broken": (*_EVER, "due_on"),
    "legal_demand": (*_EVER, "by", "pay_link"),
    "legal_steps": (*_EVER, "pay_link"),
    "legal_over": _WHO,
    "paper_accepted": ("officer_phone",),
    "paper_rejected": ("officer_phone",),
    "paper_waits": ("officer_phone", "by"),
    # What the app calls a device is not in it: whoever stole an account would write it.
    "new_device": ("officer_phone",),
    "phone_change": ("officer_phone",),
    "account_linked": ("officer_phone",),
    "bank_account_changed": ("officer_phone",),
    "consent_withdrawn": ("officer_phone",),
    "data_erasure": ("officer_phone", "by"),
    "sanction_ended": _EVER,
    "application_approved": ("officer_phone", "by"),
    "limit_granted": ("officer_phone", "by"),
    "application_declined": ("officer_phone",),
    "review_ended": ("officer_phone",),
}


@dataclass(frozen=True, slots=True)
class OpenDue:
    """What is unpaid of a due, its penal charge left out, even if nothing else is; or what the next one will demand."""

    number: int
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Phrase:
    """One of several wordings of a fact: which one is decided here, how it reads stands in the texts."""

    variant: str


# A number is one of days; a wording is besides.
Fact = facts.Figure | Phrase


@dataclass(frozen=True, slots=True)
class Notice:
    """`text` is its name in `FACTS` and in the texts. `on` is the first day on which it makes sense."""

    notice_id: str
    kind: str
    text: str
    on: date
    facts: Mapping[str, Fact]

    @property
    def purpose(self) -> str:
        return PURPOSES[self.kind]


def penal_facts(terms: Penalty | None, phrase: str) -> dict[str, Fact]:
    """What default costs, worded as what would be (`if_late`) or as what has been charged and why (`so_far`)."""
    if terms is None:
        return {phrase: Phrase("nothing")}
    grace = "at_once"
    if terms.grace_days:
        grace = "deferred" if terms.grace == DEFERS else "graced"
    return {
        phrase: Phrase(f"{terms.kind}_{grace}"),
        "a_year": Phrase("taxed" if terms.tax_rate else "untaxed"),
        "penal_rate": terms.annual_rate,
        "penal_tax": terms.tax_rate,
        "grace_days": terms.grace_days,
    }
