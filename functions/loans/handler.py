"""`/v1/loans`: everything that a borrower may read about his loans. Nothing here changes anything."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.loans import views
from functions.loans.views import Ledger, Letter, Loans, LoanView, Quote, Schedule, Statement
from shared import wiring
from shared.application.show_loan import no_dues, on_day, quote_payoff, show_loan
from shared.runtime import caller, now, resolver, serve
from shared.schemas import AfterLoan, Limit

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]


@app.get("/v1/loans")
def show_all(after: AfterLoan = None, limit: Limit = 20) -> Loans:
    at = now()
    found, then = wiring.loans().page_of(caller(app), after, limit)
    return Loans(tuple(views.loan(on_day(loan, contract, at), contract, at) for loan, contract in found), then)


@app.get("/v1/loans/<loan_id>")
def show(loan_id: LoanId) -> LoanView:
    at = now()
    return views.loan(*show_loan(loan_id, caller(app), at, loans=wiring.loans()), at)


@app.get("/v1/loans/<loan_id>/schedule")
def show_schedule(loan_id: LoanId) -> Schedule:
    at = now()
    return views.schedule(*show_loan(loan_id, caller(app), at, loans=wiring.loans()), at)


@app.get("/v1/loans/<loan_id>/statement")
def show_statement(loan_id: LoanId) -> Statement:
    _, contract = wiring.loans().of_borrower(loan_id, caller(app))
    return views.statement(loan_id, contract, wiring.loans().entries(loan_id))


@app.get("/v1/loans/<loan_id>/ledger")
def show_ledger(loan_id: LoanId) -> Ledger:
    _, contract = wiring.loans().of_borrower(loan_id, caller(app))
    return views.ledger(loan_id, contract, wiring.loans().entries(loan_id))


@app.get("/v1/loans/<loan_id>/foreclosure-quote")
def quote_foreclosure(loan_id: LoanId) -> Quote:
    return views.quote(quote_payoff(loan_id, caller(app), "foreclosure", now(), loans=wiring.loans()))


@app.get("/v1/loans/<loan_id>/cooling-off-quote")
def quote_cooling_off(loan_id: LoanId) -> Quote:
    return views.quote(quote_payoff(loan_id, caller(app), "cooling_off", now(), loans=wiring.loans()))


@app.get("/v1/loans/<loan_id>/no-dues-letter")
def show_letter(loan_id: LoanId) -> Letter:
    return views.letter(*no_dues(loan_id, caller(app), now(), loans=wiring.loans()))


handler = serve(app)
