"""Have the borrower's other loans looked at before a change of class is told: it may be theirs too."""

from collections.abc import Iterable

from shared.adapters.loans import Loans
from shared.application.see_loan import Seen
from shared.domain.notice_facts import Notice


def look_at_others(seen: Seen, fresh: Iterable[Notice], *, loans: Loans) -> None:
    """Puts them under today, in the index of notices. `fresh` are those that nobody has planned yet.

    Killed after it, they are looked at once too often; the notice that is not planned yet has them looked at again.
    """
    if any(notice.kind == "class_changed" for notice in fresh):
        for other in seen.others:
            if other.loan.state == "active":
                loans.look_on(other.loan, other.contract, seen.on)
