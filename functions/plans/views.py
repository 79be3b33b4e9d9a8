"""What the plans' routes take and answer; the desk answers about plans in the same form."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.application.show_plans import Prospect, Prospects
from shared.domain.contract import Contract
from shared.domain.ledger import NewTerms
from shared.domain.loan import Loan
from shared.domain.money import Money
from shared.domain.plan_terms import Choice
from shared.domain.plans import HardshipPlan, standing
from shared.domain.what_if import Outlook
from shared.schemas import Amount, Body, KeptWords, Text

Count = Annotated[int, Field(strict=True, ge=0, le=600)]
# Of a decision. It names nobody: what is known of a borrower belongs under his seals.
Reason = Annotated[KeptWords, Field(min_length=3)]


class Arrears(Body):
    """All that is unpaid, in so many equal instalments on the agreed dates."""

    kind: Literal["arrears_in_instalments"]
    instalments: Count


class Pause(Body):
    """So many coming instalments are left out, and come after the others."""

    kind: Literal["pause"]
    instalments: Count


class LongerTenor(Body):
    """So many instalments more than are left."""

    kind: Literal["longer_tenor"]
    instalments: Count


class SmallerInstalment(Body):
    """As few more instalments as it takes to keep each at or below this."""

    kind: Literal["smaller_instalment"]
    instalment: Amount


class DueDay(Body):
    """Another day of the month."""

    kind: Literal["due_day"]
    day: Annotated[int, Field(strict=True, ge=0, le=31)]


Chosen = Annotated[Arrears | Pause | LongerTenor | SmallerInstalment | DueDay, Field(discriminator="kind")]


class PlanAsked(Body):
    """`reason` is one of those that `GET …/plans` lists."""

    choice: Chosen
    reason: Text


class PlanPreview(Body):
    choice: Chosen


class Answer(Body):
    decision: Literal["agreed", "declined"]


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """`instalments`, `instalment` or `day`, by the kind; the others are null."""

    kind: str
    instalments: int | None
    instalment: Money | None
    day: int | None


@dataclass(frozen=True, slots=True)
class TermsView:
    """The first of so many instalments; the parts of the arrears that are added to the principal. The plan is broken
    when a due of it is unpaid for more than `breaks_after_days`, null when never. Such a plan is a restructuring: the
    loan has the market's class for that until every due was paid in time for `watched_months` from the first on."""

    instalments: int
    first_due_on: date
    capitalised: tuple[str, ...]
    breaks_after_days: int | None
    watched_months: int | None


@dataclass(frozen=True, slots=True)
class OutlookView:
    """If everything is paid on its date from today on, and what is overdue today."""

    instalment: Money
    ends_on: date | None
    payments: int
    next_payment_on: date | None
    next_payment: Money | None
    to_pay: Money
    interest: Money
    penalty: Money


@dataclass(frozen=True, slots=True)
class ProspectView:
    """`costs_more` than the loan as agreed, negative when less. `decided_by`: rule (at once) or reviewer."""

    choice: ChoiceView
    decided_by: str
    terms: TermsView
    outlook: OutlookView
    costs_more: Money


@dataclass(frozen=True, slots=True)
class PlanView:
    """`state`: asked, proposed, agreed, refused, declined, kept or broken. `because` is the reviewer's reason."""

    plan_id: str
    loan_id: str
    state: str
    choice: ChoiceView
    terms: TermsView
    reason: str
    asked_by: str
    asked_at: datetime
    decided_at: datetime | None
    because: str | None


@dataclass(frozen=True, slots=True)
class Plans:
    """`options` beside `as_agreed`; where there are none today, `closed_because` is the code of why.

    `reasons` are those that may be given for a plan.
    """

    loan_id: str
    as_agreed: OutlookView | None
    options: tuple[ProspectView, ...]
    closed_because: str | None
    reasons: tuple[str, ...]
    plans: tuple[PlanView, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    loan_id: str
    as_agreed: OutlookView
    option: ProspectView


def choice(asked: Chosen) -> Choice:
    match asked:
        case SmallerInstalment():
            return Choice(asked.kind, asked.instalment.minor)
        case DueDay():
            return Choice(asked.kind, asked.day)
        case _:
            return Choice(asked.kind, asked.instalments)


def plan(found: HardshipPlan, loan: Loan | None = None) -> PlanView:
    """With the loan as it is today, a plan that was broken shows as broken."""
    return PlanView(
        plan_id=found.plan_id,
        loan_id=found.loan_id,
        state=standing(found, loan) if loan else found.state,
        choice=_choice(found.choice, found.currency),
        terms=_terms(found.terms),
        reason=found.reason,
        asked_by="borrower" if found.asked_by == "borrower" else "staff",
        asked_at=found.asked_at,
        decided_at=found.decided_at,
        because=found.because,
    )


def plans(found: Prospects, loan: Loan, before: tuple[HardshipPlan, ...]) -> Plans:
    agreed = found.as_agreed
    return Plans(
        loan_id=loan.loan_id,
        as_agreed=_outlook(agreed, found.contract) if agreed else None,
        options=tuple(_prospect(each, agreed, found.contract) for each in found.plans) if agreed else (),
        closed_because=found.closed,
        reasons=found.reasons,
        plans=tuple(plan(each, loan) for each in before),
    )


def preview(loan_id: str, found: Prospects) -> Preview:
    assert found.as_agreed is not None
    option = _prospect(found.plans[0], found.as_agreed, found.contract)
    return Preview(loan_id, _outlook(found.as_agreed, found.contract), option)


def _prospect(found: Prospect, agreed: Outlook, contract: Contract) -> ProspectView:
    more = found.outlook.sum_of("amount") - agreed.sum_of("amount")
    return ProspectView(
        choice=_choice(found.choice, contract.currency),
        decided_by=found.decided_by,
        terms=_terms(found.terms),
        outlook=_outlook(found.outlook, contract),
        costs_more=Money(more, contract.currency),
    )


def _choice(found: Choice, currency: str) -> ChoiceView:
    is_amount, is_day = found.kind == "smaller_instalment", found.kind == "due_day"
    return ChoiceView(
        kind=found.kind,
        instalments=None if is_amount or is_day else found.amount,
        instalment=Money(found.amount, currency) if is_amount else None,
        day=found.amount if is_day else None,
    )


def _terms(terms: NewTerms) -> TermsView:
    told = (terms.instalments, terms.first_due_on, terms.capitalised, terms.breaks_after_days, terms.watch_months)
    return TermsView(*told)


def _outlook(found: Outlook, contract: Contract) -> OutlookView:
    first = found.outlays[0] if found.outlays else None
    sums = {name: Money(found.sum_of(part), contract.currency) for name, part in _SUMS.items()}
    return OutlookView(
        instalment=Money(found.instalment, contract.currency),
        ends_on=found.ends_on,
        payments=len(found.outlays),
        next_payment_on=first.on if first else None,
        next_payment=Money(first.amount, contract.currency) if first else None,
        **sums,
    )


_SUMS = {"to_pay": "amount", "interest": "interest", "penalty": "penalty"}
