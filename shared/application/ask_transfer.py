"""Ask for the pack of a lender who winds down: his book as it was recorded at the end of a day that is over."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.audit import decided as recorded
from shared.adapters.requests import Request
from shared.adapters.table import Write
from shared.adapters.transfers import Transfers, asked
from shared.application.again import once
from shared.domain.errors import Refused
from shared.domain.partners import Partner
from shared.domain.staff import Staff, decision_of
from shared.domain.transfer import TransferRun
from shared.markets import today

T = TypeVar("T")


def ask_transfer(
    partner: Partner,
    as_of: date,
    reason: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    transfers: Transfers,
    request: Request,
    view: Callable[[TransferRun], T],
) -> T:
    """Asked again, a pack that is not finished is gone on with; one that is stays as it is. Raises `Refused`."""
    here = today(partner.market, at)
    if as_of >= here:
        raise Refused("day_not_over", "A book is handed over as it was at the end of a day that is over.", "/as_of")
    if partner.status_on(here) != "winding_down":
        raise Refused("not_winding_down", "This lender does not wind down.")

    def write() -> T:
        fresh = TransferRun(partner.partner_id, partner.market, as_of, member.staff_id, at)
        run = transfers.find(fresh.key) or fresh
        answer = view(run)
        record = _record(fresh, reason, member, decision_id)
        writes = [record] if run.finished_at else [asked(run), record]
        transfers.table.transact(writes, request, answer)
        return answer

    return once(write, request, transfers.table)


def _record(run: TransferRun, reason: str, member: Staff, decision_id: str) -> Write:
    saw = {"as_of": run.as_of.isoformat()}
    return recorded(
        decision_of(
            member,
            decision_id,
            "transfer.asked",
            f"partner.{run.partner_id}",
            saw,
            market=run.market,
            on=today(run.market, run.asked_at),
            at=run.asked_at,
            reason=reason,
        )
    )
