"""Find what there is to tell of a loan on a day, and when there will be more if nothing is paid."""

from collections.abc import Sequence
from datetime import date, timedelta

from shared.adapters.cases import Cases
from shared.adapters.loans import Loans
from shared.application.see_loan import Seen
from shared.application.work_case import stage_of
from shared.domain import cases, dues, legal, relief_notices
from shared.domain.lateness import answers
from shared.domain.money import Money
from shared.domain.notice_facts import Notice
from shared.domain.notices import due_on, next_notice_on
from shared.domain.relief_notices import StaffAnswer

# An answer to a payment, or to what was asked for, that is older than this answers nothing.
ANSWER_WITHIN = timedelta(days=7)

Found = tuple[tuple[Notice, ...], date | None]


def find_notices(seen: Seen, answered: Sequence[StaffAnswer], *, loans: Loans) -> Found:
    """The notices that make sense today, sent or not, and the next day with one more."""
    rules, since = seen.market.notices, seen.at - ANSWER_WITHIN
    wanted = (
        *answers(seen.life, seen.entries, seen.contract, since),
        *relief_notices.told(seen.life, seen.entries, seen.contract, since),
        *relief_notices.answered(answered, since),
        *due_on(seen.position, rules, seen.on),
    )
    of_case, next_on = _of_case(seen, loans)
    later = (next_on, next_notice_on(seen.position, rules, seen.on))
    return (*wanted, *of_case), min((day for day in later if day is not None), default=None)


def _of_case(seen: Seen, loans: Loans) -> Found:
    today, contract, rules = seen.today, seen.contract, seen.market.legal
    case = Cases(loans.table).find(today.loan_id)
    if case is None:
        return (), None
    agent, stage = cases.notice(case, seen.on), stage_of(case, seen.at, loans)
    overdue = sum(due.unpaid for due in dues.demanded(today, contract, seen.on) if due.due_on < seen.on)
    owed = Money(today.written_off or overdue, contract.currency)
    told = (*([agent] if agent else []), *legal.notices(case, stage, rules, owed, seen.on))
    return told, legal.next_on(case, stage, rules, seen.on)
