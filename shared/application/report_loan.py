"""Write a loan's line of one credit file, once: as it stood at the end of the reference date, by what is known now."""

from collections.abc import Sequence
from datetime import date, datetime

from shared.adapters.credit_files import CreditFiles
from shared.adapters.disputes import Disputes
from shared.adapters.loans import Loans
from shared.adapters.notices import Notices
from shared.application.borrowers_loans import Other, other_loans
from shared.domain import agenda, dues, replay
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.credit_file import belongs, may_be_sent, preview_id, record
from shared.domain.delinquency import Account, arrears_since, loan_class
from shared.domain.disputes import Dispute
from shared.domain.file_run import FileRun, Line, may_have_line
from shared.domain.lateness import account, figures, scale, steps
from shared.domain.ledger import Entry
from shared.domain.loan import Loan
from shared.markets import market

WRITTEN, NONE, UNTOLD = "written", "none", "untold"


def report_loan(
    loan_id: str, run: FileRun, at: datetime, *, loans: Loans, files: CreditFiles, asked: bool = False
) -> str:
    """`written`, `none` where the loan is not in the file, or `untold`: a default of which its borrower was not told
    before is left out, and is in the next file.

    Another loan of the borrower whose class has changed with this one has a line too; `asked` is for these.
    """
    loan, contract = loans.get(loan_id)
    (last, news_on), on = files.reported(loan_id), run.reference_on
    if last is not None and last.line.record.reference_on >= on:
        return NONE
    is_news = news_on is not None and (last is None or news_on > last.line.record.reference_on)
    if not asked and not is_news and not may_have_line(dues.until(loan, contract, on, at)[0], last, run):
        return NONE
    entries = loans.entries(loan_id)
    then, posted = replay.as_of(loan, contract, entries, on, at)
    life, rules = steps(then, contract, posted), market(contract.market, on)
    amounts, lateness = figures(life, contract, on, rules.credit_file), account(life)
    if amounts is None:
        return NONE
    others = other_loans(loan, on, at, loans=loans)
    made = record(amounts, lateness, [other.account for other in others], scale(contract, rules), on)
    disputes = Disputes(loans.table).of_loan(loan_id, loan.borrower_id)
    touched = [on] if asked else [*_touched(entries, disputes, contract), *([news_on] if news_on else [])]
    if not belongs(amounts, rules.credit_file, on, touched_on=touched, is_default=made.is_default):
        return NONE
    today = business_date(at, contract.time_zone)
    if not may_be_sent(made, _told_on(loan, contract, lateness, on, loans), today):
        return UNTOLD
    if not asked:
        _ask_for_others(others, lateness, run, at, loans, files)
    is_disputed = any(each.raised_on <= on and (each.repaired_on or today) > on for each in disputes)
    line = Line(loan.borrower_id, loan.partner_id, made, is_disputed)
    knew_more = any(day > on for day in _touched(entries, disputes, contract))
    files.write_line(run, line, None if knew_more else loan.version, agenda.shard(loan, contract))
    return WRITTEN


def _ask_for_others(
    others: Sequence[Other], lateness: Account, run: FileRun, at: datetime, loans: Loans, files: CreditFiles
) -> None:
    """Before the loan's own line is written: whoever is killed between them begins with these again."""
    on = run.reference_on
    rules = market(run.market, on)
    for other in others:
        rest = [lateness, *(each.account for each in others if each is not other)]
        was, now = files.last(other.loan.loan_id), loan_class(other.account, rest, scale(other.contract, rules), on)
        if other.loan.closed_on is None and was is not None and was.line.record.classification != now:
            report_loan(other.loan.loan_id, run, at, loans=loans, files=files, asked=True)


def _touched(entries: list[Entry], disputes: list[Dispute], contract: Contract) -> list[date]:
    """The days on which anything of the loan changed, by its dates and by when it was known: a correction is news."""
    known = {business_date(entry.recorded_at, contract.time_zone) for entry in entries}
    decided = {dispute.repaired_on for dispute in disputes if dispute.repaired_on}
    return sorted(known | decided | {entry.effective_on for entry in entries})


def _told_on(loan: Loan, contract: Contract, lateness: Account, on: date, loans: Loans) -> date | None:
    """The day on which the borrower was told that these arrears are reported."""
    since = arrears_since([lateness], on)
    if since is None:
        return None
    told = Notices(loans.table).of_loan(loan.loan_id).get(preview_id(since))
    return business_date(told.sent_at, contract.time_zone) if told and told.sent_at else None
