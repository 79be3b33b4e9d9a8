"""`/v1/loans/{loan_id}/repayments`: say what you will pay and how, and see what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import wiring
from shared.application.order_repayment import order_repayment
from shared.application.show_repayment import show_repayment, show_repayments
from shared.domain.money import Money
from shared.domain.repayment_orders import RepaymentOrder
from shared.runtime import caller, now, request, resolver, serve
from shared.schemas import AfterRepayment, Amount, Body, Limit

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]
RepaymentId = Annotated[str, Path(max_length=64)]


class RepaymentRequest(Body):
    """`instalment` pays dues, then the coming instalment; `prepayment` dues, then principal; the others close."""

    amount: Amount
    purpose: Literal["instalment", "prepayment", "foreclosure", "cooling_off"]
    method: Literal["upi"]


@dataclass(frozen=True, slots=True)
class RepaymentView:
    """`state`: ordered, settled, returned, or unmatched. `received` is what really came and stayed; it counts."""

    repayment_id: str
    loan_id: str
    state: str
    amount: Money
    purpose: str
    ordered_at: datetime
    received: Money | None
    pay_link: str


@dataclass(frozen=True, slots=True)
class Repayments:
    repayments: tuple[RepaymentView, ...]
    next: str | None


@app.post("/v1/loans/<loan_id>/repayments", status_code=201)
def order(loan_id: LoanId, body: RepaymentRequest) -> RepaymentView:
    return order_repayment(
        loan_id,
        body.amount.money(),
        body.purpose,
        now(),
        loans=wiring.loans(),
        request=request(app, 201, makes="pay"),
        view=_view,
    )


@app.get("/v1/loans/<loan_id>/repayments")
def show_all(loan_id: LoanId, after: AfterRepayment = None, limit: Limit = 20) -> Repayments:
    found, then = show_repayments(loan_id, caller(app), after, limit, loans=wiring.loans())
    return Repayments(tuple(_view(order) for order in found), then)


@app.get("/v1/loans/<loan_id>/repayments/<repayment_id>")
def show(loan_id: LoanId, repayment_id: RepaymentId) -> RepaymentView:
    return _view(show_repayment(loan_id, repayment_id, caller(app), loans=wiring.loans()))


def _view(order: RepaymentOrder) -> RepaymentView:
    return RepaymentView(**{name: getattr(order, name) for name in RepaymentView.__dataclass_fields__})


handler = serve(app)
