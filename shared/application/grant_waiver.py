"""What a granted waiver books on its loan, and the record that each decision about one leaves."""

from datetime import date, datetime

from shared.domain import dues, relief, replay, waivers
from shared.domain.contract import Contract
from shared.domain.loan import Loan
from shared.domain.replay import Books
from shared.domain.staff import Decision, Staff, decision_of
from shared.domain.waivers import Waiver


def carried_out(waiver: Waiver, loan: Loan, contract: Contract, on: date, at: datetime) -> Books:
    """The loan with its dues up to the day and the grant, and what is to be booked. Raises `Refused`."""
    loan, made = dues.until(loan, contract, on, at)
    fact = relief.granted(loan, waivers.grant_of(waiver, loan, contract, at), on, at)
    loan, entries = replay.taken(loan, contract, fact, at)
    return loan, (*made, *entries)


def record_of(
    waiver: Waiver, saw: dict[str, object], decision_id: str, on: date, member: Staff | None = None
) -> Decision:
    """Of the waiver's last step, by a member of the staff or by rule, on the figures that were looked at."""
    step = waiver.steps[-1]
    return decision_of(
        member or step.by,
        decision_id,
        f"waiver.{step.action}",
        waiver.waiver_id,
        saw,
        market=waiver.market,
        on=on,
        at=step.at,
        reason=step.because,
        loan_id=waiver.loan_id,
    )


def figures_of(waiver: Waiver, loan: Loan, contract: Contract, on: date, at: datetime) -> dict[str, object]:
    """What is looked at before a decision. The hash of these says later what that was."""
    now, _ = dues.until(loan, contract, on, at)
    return waivers.figures(waiver, now, contract, on)
