"""`/v1/loans/{loan_id}/repayments`, `…/mandate`: say what you will pay and how, and see what came of it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.repay import views
from functions.repay.views import (
    MandateAsked,
    MandateView,
    MandateWithCode,
    Options,
    RepaymentRequest,
    Repayments,
    RepaymentView,
    RepaymentWithCode,
)
from shared import wiring
from shared.application.give_mandate import give_mandate, revoke_mandate, show_link, show_mandate
from shared.application.order_repayment import order_repayment
from shared.application.show_options import show_options
from shared.application.show_repayment import show_page, show_repayment, show_repayments
from shared.device import bound
from shared.runtime import caller, now, request, resolver, serve
from shared.schemas import AfterRepayment, Limit

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]
RepaymentId = Annotated[str, Path(max_length=64)]


@app.get("/v1/loans/<loan_id>/repayment-options")
def show_all_options(loan_id: LoanId) -> Options:
    found = show_options(loan_id, caller(app), now(), loans=wiring.loans())
    return views.options(loan_id, *found, picture=wiring.code_picture)


@app.post("/v1/loans/<loan_id>/repayments", status_code=201)
def order(loan_id: LoanId, body: RepaymentRequest) -> RepaymentView:
    return order_repayment(
        loan_id,
        body.amount.money(),
        body.purpose,
        now(),
        loans=wiring.loans(),
        request=request(app, 201, makes="pay"),
        method=body.method,
        choice=body.choice,
        view=views.repayment,
    )


@app.get("/v1/loans/<loan_id>/repayments")
def show_all(loan_id: LoanId, after: AfterRepayment = None, limit: Limit = 20) -> Repayments:
    found, then = show_repayments(loan_id, caller(app), after, limit, loans=wiring.loans())
    return Repayments(tuple(views.repayment(order) for order in found), then)


@app.get("/v1/loans/<loan_id>/repayments/<repayment_id>")
def show(loan_id: LoanId, repayment_id: RepaymentId) -> RepaymentWithCode:
    found = show_repayment(loan_id, repayment_id, caller(app), loans=wiring.loans())
    page = show_page(found, loans=wiring.loans(), rails=wiring.rail)
    return views.repayment_with_code(found, page, picture=wiring.code_picture)


@app.post("/v1/loans/<loan_id>/mandate", status_code=201)
def give(loan_id: LoanId, body: MandateAsked) -> MandateView:
    return give_mandate(
        loan_id,
        body.limit.money(),
        wiring.new_id("mnd"),
        now(),
        loans=wiring.loans(),
        request=request(app, 201),
        view=views.new_mandate,
    )


@app.get("/v1/loans/<loan_id>/mandate")
def show_given(loan_id: LoanId) -> MandateWithCode:
    found, debit, on = show_mandate(loan_id, caller(app), now(), loans=wiring.loans())
    link = show_link(found, on, loans=wiring.loans(), rails=wiring.rail)
    return views.mandate_with_code(found, debit, on, link, picture=wiring.code_picture)


@app.delete("/v1/loans/<loan_id>/mandate")
def revoke(loan_id: LoanId) -> MandateView:
    return views.mandate(*revoke_mandate(loan_id, caller(app), now(), loans=wiring.loans()))


handler = serve(app, bound)
