"""`/v1/loans`: everything that a borrower may read about his loans, and of what he was told. It changes nothing."""

from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.loans import explanations, told, views
from functions.loans.explanations import Comparison, InstalmentDays, Receipts, WhatIf
from functions.loans.told import CreditFile, Notices, OwnNotices
from functions.loans.views import Ledger, Letter, Loans, LoanView, Quote, Schedule, Statement
from shared import wiring
from shared.application.explain_loan import explain_instalment, imagine, standing_entries
from shared.application.show_credit_file import show_credit_file
from shared.application.show_loan import no_dues, on_day, quote_payoff, show_loan, show_loan_on
from shared.application.show_standing import Standing, show_standing
from shared.device import bound
from shared.runtime import caller, now, resolver, serve
from shared.schemas import AfterLoan, Limit, OnDay

app = resolver()


@dataclass(frozen=True, slots=True)
class StandingView:
    """`standing` is null for one who never had a loan here: nothing counts for or against him."""

    standing: Standing | None


LoanId = Annotated[str, Path(max_length=64)]
Number = Annotated[int, Path(ge=1, le=600)]
AfterNotice = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}#[a-z_]+\.[0-9A-Za-z_-]{1,64}$", description="the page before's `next`"),
]


@app.get("/v1/loans")
def show_all(after: AfterLoan = None, limit: Limit = 20) -> Loans:
    at = now()
    found, then = wiring.loans().page_of(caller(app), after, limit)
    return Loans(tuple(views.loan(on_day(loan, contract, at), contract, at) for loan, contract in found), then)


@app.get("/v1/loans/<loan_id>")
def show(loan_id: LoanId, on: OnDay = None) -> LoanView:
    at = now()
    if on is None:
        return views.loan(*show_loan(loan_id, caller(app), at, loans=wiring.loans()), at)
    return views.loan(*show_loan_on(loan_id, caller(app), on, at, loans=wiring.loans()), at, on)


@app.get("/v1/loans/<loan_id>/schedule")
def show_schedule(loan_id: LoanId) -> Schedule:
    at = now()
    return views.schedule(*show_loan(loan_id, caller(app), at, loans=wiring.loans()), at)


@app.get("/v1/loans/<loan_id>/statement")
def show_statement(loan_id: LoanId) -> Statement:
    return views.statement(loan_id, *standing_entries(loan_id, caller(app), now(), loans=wiring.loans()))


@app.get("/v1/loans/<loan_id>/ledger")
def show_ledger(loan_id: LoanId) -> Ledger:
    _, contract = wiring.loans().of_borrower(loan_id, caller(app))
    return views.ledger(loan_id, contract, wiring.loans().entries(loan_id))


@app.get("/v1/loans/<loan_id>/receipts")
def show_receipts(loan_id: LoanId) -> Receipts:
    contract, entries = standing_entries(loan_id, caller(app), now(), loans=wiring.loans())
    paid = tuple(explanations.receipt(contract, entry) for entry in entries if entry.kind == "repayment")
    return Receipts(loan_id, paid)


@app.get("/v1/loans/<loan_id>/instalments/<number>")
def show_instalment(loan_id: LoanId, number: Number) -> InstalmentDays:
    return explanations.days(loan_id, *explain_instalment(loan_id, caller(app), number, now(), loans=wiring.loans()))


@app.post("/v1/loans/<loan_id>/what-if")
def show_what_if(loan_id: LoanId, body: WhatIf) -> Comparison:
    changes = explanations.wanted(body)
    return explanations.comparison(loan_id, *imagine(loan_id, caller(app), changes, now(), loans=wiring.loans()))


@app.get("/v1/loans/<loan_id>/foreclosure-quote")
def quote_foreclosure(loan_id: LoanId) -> Quote:
    return views.quote(quote_payoff(loan_id, caller(app), "foreclosure", now(), loans=wiring.loans()))


@app.get("/v1/loans/<loan_id>/cooling-off-quote")
def quote_cooling_off(loan_id: LoanId) -> Quote:
    return views.quote(quote_payoff(loan_id, caller(app), "cooling_off", now(), loans=wiring.loans()))


@app.get("/v1/loans/<loan_id>/notices")
def show_notices(loan_id: LoanId) -> Notices:
    wiring.loans().of_borrower(loan_id, caller(app))
    return told.notices(loan_id, wiring.notices().of_loan(loan_id).values())


@app.get("/v1/me/notices")
def show_own_notices(after: AfterNotice = None, limit: Limit = 20) -> OwnNotices:
    return told.own_notices(*wiring.borrower_notices().page_of(caller(app), after, limit))


@app.get("/v1/me/credit-file")
def show_file() -> CreditFile:
    return told.credit_file(show_credit_file(caller(app), now(), loans=wiring.loans()))


@app.get("/v1/me/standing")
def show_my_standing() -> StandingView:
    return StandingView(show_standing(caller(app), now(), loans=wiring.loans(), applications=wiring.applications()))


@app.get("/v1/loans/<loan_id>/no-dues-letter")
def show_letter(loan_id: LoanId) -> Letter:
    return views.letter(*no_dues(loan_id, caller(app), now(), loans=wiring.loans()))


handler = serve(app, bound)
