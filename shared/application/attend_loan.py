"""Attend to a loan that the index of notices has under today, or of which something was just booked.

Its books are read once and checked; then each does its part in turn: the next debit is planned, the lender learns of a
new class, his guarantee is called in, the borrower is told, and the loan lies under the next day with something to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.adapters.loans import Loans
from shared.application.again import again
from shared.application.claim_guarantee import claim_guarantee
from shared.application.find_notices import find_notices
from shared.application.look_at_others import look_at_others
from shared.application.note_class import next_class_on, note_class
from shared.application.plan_debit import plan_debit
from shared.application.see_loan import Seen, see_loan
from shared.application.tell_loan import Post, tell_loan
from shared.domain.notice_facts import Notice
from shared.domain.relief_notices import StaffAnswer
from shared.domain.telling import Telling


@dataclass(frozen=True, slots=True)
class Attended:
    """The notices that were tried, each as it ended, and whether the loan's head is what its entries say."""

    tried: tuple[Telling, ...]
    is_book_right: bool


def attend_loan(loan_id: str, at: datetime, *, loans: Loans, post: Post) -> Attended:
    """What may not be told yet, or what no channel took, keeps it under the day on which to try again."""
    known, seen, wanted, next_on = again(lambda: _gathered(loan_id, at, loans, post))
    claim_on = claim_guarantee(seen.loan, seen.on, at, loans=loans, partners=post.partners)
    look_at_others(seen, (notice for notice in wanted if notice.notice_id not in known), loans=loans)
    tried, retry_on = tell_loan(seen, wanted, known, post=post)
    next_on = min((day for day in (next_on, claim_on, retry_on) if day is not None), default=None)
    listed_on = seen.loan.notice_on
    is_found_today = listed_on is not None and listed_on <= seen.on
    # What is left for today is found under any day up to it.
    if next_on != listed_on and not (is_found_today and next_on is not None and next_on <= seen.on):
        loans.look_on(seen.loan, seen.contract, next_on)
    return Attended(tried, seen.is_book_right)


def _gathered(
    loan_id: str, at: datetime, loans: Loans, post: Post
) -> tuple[Mapping[str, Telling], Seen, tuple[Notice, ...], date | None]:
    """With what was told before; what is new of the loan's class is noted for its lender."""
    known, answered, noted = post.notices.told(loan_id)
    seen, wanted, next_on = look(loan_id, at, answered, loans=loans)
    return known, note_class(seen, noted, loans=loans), wanted, next_on


def look(
    loan_id: str, at: datetime, answered: Sequence[StaffAnswer], *, loans: Loans
) -> tuple[Seen, tuple[Notice, ...], date | None]:
    """The loan, what there may be to tell of it, and when there will be more if nothing is paid. A debit whose notice
    is due is planned, so that it is told. Raises `Stale` when the loan moved meanwhile."""
    seen = see_loan(loan_id, at, loans=loans)
    coming, failed = plan_debit(seen.loan, seen.contract, seen.position.dues, seen.market, seen.on, loans=loans)
    seen = replace(seen, position=replace(seen.position, debit=coming, failed=failed))
    wanted, notice_on = find_notices(seen, answered, loans=loans)
    later = (notice_on, next_class_on(seen))
    return seen, wanted, min((day for day in later if day is not None), default=None)
