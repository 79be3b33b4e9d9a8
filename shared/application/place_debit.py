"""Go on with the planned debit of a loan: make the order of its next attempt, or find that it is over."""

from datetime import datetime

from shared.adapters.debits import Debits, changed_debit
from shared.adapters.loans import Loans, new_attempt
from shared.adapters.mandates import Mandates
from shared.adapters.notices import Notices
from shared.application.again import again
from shared.domain import agenda, dues
from shared.domain.calendar import business_date
from shared.domain.debits import Debit, attempt, next_step, owed
from shared.domain.telling import SENT
from shared.markets import market


def place_debit(loan_id: str, at: datetime, *, loans: Loans) -> Debit | None:
    """The debit as it stands, or None where there is none. Done twice in one window, the bank is asked once.

    The order is written with the loan's head, so that of a payment booked at once one sees the other.
    """

    def place() -> Debit | None:
        debit = Debits(loans.table).of_loan(loan_id)
        if debit is None or debit.state != "planned":
            return debit
        loan, contract = loans.get(loan_id)
        mandate = Mandates(loans.table).find(debit.mandate_id)
        assert mandate is not None, debit
        on, shard = business_date(at, contract.time_zone), agenda.shard(loan, contract)
        done, amount = next_step(
            debit,
            mandate,
            loans.repayment_order(debit.order_id) if debit.attempts else None,
            market(contract.market, on).debits,
            noticed_at=_noticed_at(debit, Notices(loans.table)),
            unpaid=owed(dues.until(loan, contract, on, at)[0], contract, debit),
            zone=contract.time_zone,
            at=at,
        )
        if amount is not None:
            order = attempt(done, loan, contract, amount, at)
            loans.book(loan, contract, [], [changed_debit(done, shard), new_attempt(order)])
        elif done != debit:
            loans.change(changed_debit(done, shard, tells=True))
        return done

    return again(place)


def _noticed_at(debit: Debit, notices: Notices) -> datetime | None:
    """When its notice went out; None when nobody knows that it did."""
    told = notices.find(debit.loan_id, debit.notice_id)
    return told.sent_at if told is not None and told.state == SENT else None
