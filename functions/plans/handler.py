"""`/v1/loans/{loan_id}/plans`, `…/contacts`: plans for who cannot pay as agreed, and who may contact him about it."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.desk_cases.views import Contacts, contacts
from functions.plans import views
from functions.plans.views import Answer, PlanAsked, PlanPreview, Plans, PlanView, Preview
from shared import wiring
from shared.application.ask_plan import ask_plan
from shared.application.decide_plan import answer_plan
from shared.application.show_plans import preview_plan, show_plan, show_prospects
from shared.application.work_case import contacts_of
from shared.device import bound
from shared.runtime import caller, now, request, resolver, serve

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]
PlanId = Annotated[str, Path(max_length=64)]


@app.get("/v1/loans/<loan_id>/contacts")
def show_contacts(loan_id: LoanId) -> Contacts:
    return contacts(loan_id, contacts_of(loan_id, caller(app), now(), loans=wiring.loans()))


@app.get("/v1/loans/<loan_id>/plans")
def show_all(loan_id: LoanId) -> Plans:
    return views.plans(*show_prospects(loan_id, caller(app), now(), **_books()))


@app.post("/v1/loans/<loan_id>/plans/preview")
def preview(loan_id: LoanId, body: PlanPreview) -> Preview:
    found = preview_plan(loan_id, caller(app), views.choice(body.choice), now(), **_books())
    return views.preview(loan_id, found)


@app.post("/v1/loans/<loan_id>/plans", status_code=201)
def ask(loan_id: LoanId, body: PlanAsked) -> PlanView:
    return ask_plan(
        loan_id,
        views.choice(body.choice),
        body.reason,
        wiring.new_id("plan"),
        wiring.new_id("aud"),
        now(),
        **_books(),
        request=request(app, 201),
        view=views.plan,
    )


@app.get("/v1/loans/<loan_id>/plans/<plan_id>")
def show(loan_id: LoanId, plan_id: PlanId) -> PlanView:
    found = show_plan(plan_id, loan_id, caller(app), now(), loans=wiring.loans(), plans_of=wiring.plans())
    return views.plan(*found)


@app.post("/v1/loans/<loan_id>/plans/<plan_id>/answer")
def answer(loan_id: LoanId, plan_id: PlanId, body: Answer) -> PlanView:
    return answer_plan(
        plan_id,
        loan_id,
        body.decision,
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        plans_of=wiring.plans(),
        request=request(app),
        view=views.plan,
    )


def _books() -> dict[str, Any]:
    return {"loans": wiring.loans(), "plans_of": wiring.plans(), "partners": wiring.partners()}


handler = serve(app, bound)
