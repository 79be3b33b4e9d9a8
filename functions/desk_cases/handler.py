"""`/v1/desk/cases`: overdue loans in the hands of collectors, by the rules of who may contact whom, and when."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.desk_cases import views
from functions.desk_cases.views import (
    AgentNamed,
    Assignment,
    Cases,
    CaseView,
    ContactMade,
    ContactView,
    FullCase,
    PromiseMade,
)
from shared import wiring
from shared.application.work_case import assign_case, log_contact, log_promise, name_agent, show_case, take_to_court
from shared.domain.cases import Agent
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import AfterLoan, Limit

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]
InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]


@app.get("/v1/desk/cases")
def show_all(market: InMarket, after: AfterLoan = None, limit: Limit = 20) -> Cases:
    staff(app, "collector", "approver", "auditor")
    found, then = wiring.cases().page(market, after, limit)
    return Cases(tuple(views.case(each) for each in found), then)


@app.get("/v1/desk/cases/<loan_id>")
def show(loan_id: LoanId) -> FullCase:
    staff(app, "collector", "approver", "auditor")
    return views.full(*show_case(loan_id, now(), loans=wiring.loans(), reach=wiring.reach()))


@app.post("/v1/desk/cases/<loan_id>/agent")
def name(loan_id: LoanId, body: AgentNamed) -> CaseView:
    member = staff(app, "collector")
    agent, asked = Agent(member.staff_id, body.name, body.phone), request(app, by=member)
    return name_agent(loan_id, agent, loans=wiring.loans(), request=asked, view=views.case)


@app.post("/v1/desk/cases/<loan_id>/assignment")
def assign(loan_id: LoanId, body: Assignment) -> CaseView:
    member = staff(app, "collector")
    return assign_case(
        loan_id,
        body.reason,
        member,
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        request=request(app, by=member),
        view=views.case,
    )


@app.post("/v1/desk/cases/<loan_id>/contacts", status_code=201)
def contact(loan_id: LoanId, body: ContactMade) -> ContactView:
    member = staff(app, "collector")
    return log_contact(
        loan_id,
        body.channel,
        body.outcome,
        member,
        wiring.new_id("con"),
        now(),
        loans=wiring.loans(),
        reach=wiring.reach(),
        request=request(app, 201, by=member),
        view=views.contact,
    )


@app.post("/v1/desk/cases/<loan_id>/promises", status_code=201)
def promise(loan_id: LoanId, body: PromiseMade) -> CaseView:
    member = staff(app, "collector")
    return log_promise(
        loan_id,
        body.amount.money(),
        body.by,
        member,
        now(),
        loans=wiring.loans(),
        request=request(app, 201, by=member),
        view=views.case,
    )


@app.post("/v1/desk/cases/<loan_id>/legal")
def go_to_court(loan_id: LoanId, body: Assignment) -> CaseView:
    member = staff(app, "approver")
    return take_to_court(
        loan_id,
        body.reason,
        member,
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        request=request(app, by=member),
        view=views.case,
    )


handler = serve(app)
