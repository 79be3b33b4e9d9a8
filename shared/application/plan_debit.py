"""Plan the next debit by a loan's mandate. Once its notice is due it is written down, before the borrower is told."""

from collections.abc import Sequence
from datetime import date, timedelta

from shared.adapters.debits import Debits, changed_debit
from shared.adapters.loans import Loans
from shared.adapters.mandates import Mandates
from shared.domain import agenda
from shared.domain.contract import Contract
from shared.domain.debits import Debit, planned
from shared.domain.loan import Loan
from shared.domain.market import Market
from shared.domain.notice_facts import OpenDue
from shared.markets import market_at


def plan_debit(
    loan: Loan, contract: Contract, dues: Sequence[OpenDue], market: Market, on: date, *, loans: Loans
) -> tuple[Debit | None, Debit | None]:
    """The debit to come, and the one before it where it failed. Raises `Stale` when another was just planned.

    A mandate at a rail that moves nothing here any more is of no use.
    """
    mandate = Mandates(loans.table).latest(loan.loan_id) if loan.state == "active" else None
    if mandate is None or market_at(contract.market, mandate.created_at).rails.money not in market.rails.movers:
        return None, None
    last = Debits(loans.table).of_loan(loan.loan_id)
    coming = planned(last, mandate, dues, market.debits, loan_id=loan.loan_id, zone=contract.time_zone, on=on)
    if coming is not None and coming != last and coming.at.date() - timedelta(days=market.debits.notice_days) <= on:
        loans.change(changed_debit(coming, agenda.shard(loan, contract)))
    return coming, last if last is not None and last.state == "failed" else None
