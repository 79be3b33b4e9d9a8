"""`/v1/me/credit-file/disputes`: what a borrower says is wrong about his loans in the credit file, and its clock."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from functions.desk import disputes as views
from functions.desk.disputes import DisputeView
from shared import wiring
from shared.application.raise_dispute import raise_dispute
from shared.device import bound
from shared.runtime import caller, now, request, resolver, serve
from shared.schemas import Body

app = resolver()


class DisputeBody(Body):
    loan_id: Annotated[str, Field(pattern=r"^loan_[0-9A-Z]{26}$", strict=True)]
    reason: Literal["not_my_loan", "amounts_wrong", "days_past_due_wrong", "paid_already", "closed_already"]


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
        view=lambda dispute: views.dispute(dispute, at),
    )


@app.get("/v1/me/credit-file/disputes")
def show_all() -> Disputes:
    at = now()
    return Disputes(tuple(views.dispute(dispute, at) for dispute in wiring.disputes().of_borrower(caller(app))))


handler = serve(app, bound)
