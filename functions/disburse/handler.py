"""`/v1/loans/{loan_id}/disbursement` and `…/cancellation`: take the money of a sanctioned loan, or leave it."""

from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import wiring
from shared.application.cancel_loan import cancel_loan
from shared.application.order_disbursement import order_disbursement
from shared.device import bound
from shared.domain.loan import Loan
from shared.runtime import now, request, resolver, serve
from shared.schemas import Body

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]


class Nothing(Body):
    """An empty object: all that matters was accepted with the offer."""


@dataclass(frozen=True, slots=True)
class Step:
    loan_id: str
    state: str
    payout_id: str | None


@app.post("/v1/loans/<loan_id>/disbursement", status_code=202)
def disburse(loan_id: LoanId, body: Nothing) -> Step:
    return order_disbursement(
        loan_id,
        wiring.new_id("pout"),
        now(),
        people=wiring.people(),
        loans=wiring.loans(),
        request=request(app, 202),
        view=_step,
    )


@app.post("/v1/loans/<loan_id>/cancellation")
def cancel(loan_id: LoanId, body: Nothing) -> Step:
    return cancel_loan(loan_id, now(), loans=wiring.loans(), request=request(app), view=_step)


def _step(loan: Loan) -> Step:
    return Step(loan.loan_id, loan.state, loan.payout_id)


handler = serve(app, bound)
