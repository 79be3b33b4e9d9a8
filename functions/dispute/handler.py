"""`/v1/me/credit-file/disputes`: what a borrower says is wrong about his loans in the credit file, and its clock."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from shared import wiring
from shared.application.raise_dispute import raise_dispute
from shared.domain.calendar import business_date
from shared.domain.disputes import Dispute
from shared.domain.money import Money
from shared.runtime import caller, now, request, resolver, serve
from shared.schemas import Body

app = resolver()


class DisputeBody(Body):
    loan_id: Annotated[str, Field(pattern=r"^loan_[0-9A-Z]{26}$", strict=True)]
    reason: Literal["not_my_loan", "amounts_wrong", "days_past_due_wrong", "paid_already", "closed_already"]


@dataclass(frozen=True, slots=True)
class DisputeView:
    """What is wrong is repaired by `repair_by`; `compensation` is what is owed for each day since then, by today."""

    dispute_id: str
    loan_id: str
    reason: str
    state: str
    raised_at: datetime
    repair_by: date
    repaired_on: date | None
    compensation: Money


@dataclass(frozen=True, slots=True)
class Disputes:
    disputes: tuple[DisputeView, ...]


@app.post("/v1/me/credit-file/disputes", status_code=201)
def say_wrong(body: DisputeBody) -> DisputeView:
    at = now()
    return raise_dispute(
        wiring.new_id("dsp"),
        body.loan_id,
        body.reason,
        at,
        loans=wiring.loans(),
        disputes=wiring.disputes(),
        request=request(app, 201),
        view=lambda dispute: _view(dispute, at),
    )


@app.get("/v1/me/credit-file/disputes")
def show_all() -> Disputes:
    at = now()
    return Disputes(tuple(_view(dispute, at) for dispute in wiring.disputes().of_borrower(caller(app))))


def _view(dispute: Dispute, at: datetime) -> DisputeView:
    return DisputeView(
        dispute_id=dispute.dispute_id,
        loan_id=dispute.loan_id,
        reason=dispute.reason,
        state="open" if dispute.repaired_on is None else "repaired",
        raised_at=dispute.raised_at,
        repair_by=dispute.repair_by,
        repaired_on=dispute.repaired_on,
        compensation=dispute.compensation(business_date(at, dispute.time_zone)),
    )


handler = serve(app)
