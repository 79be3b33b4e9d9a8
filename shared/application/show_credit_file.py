"""What the next credit file will say of a borrower's loans if nothing more is paid: shown before it is reported."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.loans import Loans
from shared.application.borrowers_loans import other_loans
from shared.domain import dues, replay
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.credit_file import CreditFileRules, DefaultNotice, Record, belongs, default_notice, record
from shared.domain.lateness import account, figures, scale, steps
from shared.domain.ledger import live
from shared.domain.loan import Loan
from shared.markets import market_at

MOST_LOANS = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """A loan's record in the file of the next reference date, and the notice that comes before a first default."""

    record: Record
    rules: CreditFileRules
    notice: DefaultNotice | None


def show_credit_file(borrower_id: str, at: datetime, *, loans: Loans) -> tuple[Preview, ...]:
    """Those of his loans that are in the next file. One that is over and was reported so is in no file any more."""
    found, _ = loans.page_of(borrower_id, None, MOST_LOANS)
    shown = (_preview(loan, contract, at, loans) for loan, contract in found)
    return tuple(preview for preview in shown if preview is not None)


def _preview(loan: Loan, contract: Contract, at: datetime, loans: Loans) -> Preview | None:
    market, on = market_at(contract.market, at), business_date(at, contract.time_zone)
    rules, entries = market.credit_file, loans.entries(loan.loan_id)
    reference_on = rules.reference_from(on)
    then, posted = replay.as_of(loan, contract, entries, reference_on, at)
    life = steps(then, contract, posted)
    amounts = figures(life, contract, reference_on, rules)
    if amounts is None:
        return None
    others = [other.account for other in other_loans(loan, reference_on, at, loans=loans)]
    made = record(amounts, account(life), others, scale(contract, market), reference_on)
    touched = [step.entry.effective_on for step in life]
    if not belongs(amounts, rules, reference_on, touched_on=touched, is_default=made.is_default):
        return None
    _, unbooked = dues.until(loan, contract, on, at)
    today = account(steps(loan, contract, (*live(entries), *unbooked)))
    return Preview(made, rules, default_notice(today, rules, on))
