"""On which day a loan needs somebody next: kept with its head, so that the night reads no other loans.

Both are functions of the head, so that they can be wrong for no longer than until its next change.
"""

from datetime import date
from zlib import crc32

from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.dues import next_day
from shared.domain.loan import Loan
from shared.domain.night import SHARDS
from shared.domain.payouts import lapses_on, owes_refund


def work_on(loan: Loan, contract: Contract) -> date | None:
    """When something follows from the days next (a due, the end of relief, that of a sanction), or a refund is to be
    ordered, at once.

    None when nothing will be.
    """
    if owes_refund(loan):
        return loan.accrued_to or business_date(loan.sanctioned_at, contract.time_zone)
    return lapses_on(loan, contract) or next_day(loan, contract)


def notice_on(loan: Loan) -> date | None:
    """When somebody is to look for something to tell: on the day of the last movement, which may call for a notice.

    Whoever looks knows the whole history, and moves the loan on to the next day with a notice.
    """
    return loan.accrued_to


def file_on(loan: Loan) -> date | None:
    """Under which day the index of credit files has a loan that runs: always the same, so that it costs no write."""
    return loan.disbursed_on if loan.closed_on is None and loan.state in ("active", "written_off") else None


def shard(loan: Loan, contract: Contract) -> str:
    """The part of the market's night that the loan belongs to, for its whole life: `in#7`."""
    return f"{contract.market}#{crc32(loan.loan_id.encode()) % SHARDS}"
