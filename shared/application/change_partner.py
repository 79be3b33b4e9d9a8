"""Staff store a partner: one proposes all of its data, another approves them; the market's rules are asked both times.

What is approved holds for new offers within a minute. Loans keep the terms of their contracts.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from shared.adapters.addresses import Addresses
from shared.adapters.audit import decided as recorded
from shared.adapters.outbox import enabled
from shared.adapters.partner_changes import PartnerChanges, changed_partner, changed_proposal, read
from shared.adapters.requests import Request
from shared.adapters.table import Write
from shared.application.again import once
from shared.domain.errors import NotFound
from shared.domain.partner_changes import Proposal, decided, proposed
from shared.domain.partners import Partner, check
from shared.domain.staff import Decision, Staff
from shared.markets import CODES, market_at, today

T = TypeVar("T")


def propose_partner(
    written: Mapping[str, Any],
    reason: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    changes: PartnerChanges,
    addresses: Addresses,
    request: Request,
    view: Callable[[Proposal], T],
) -> T:
    """Nothing changes until somebody else approves. Raises `Malformed`, or `Refused`: `partner_invalid`,
    `product_forbidden` naming the rule, `address_forbidden`."""
    partner = read(written)
    _check(partner, at, addresses)

    def propose() -> T:
        stored, before = changes.partner(partner.partner_id), changes.proposal(partner.partner_id)
        made = proposed(partner, stored, before, by=member.staff_id, reason=reason, at=at)
        answer = view(made)
        record = _record("partner.proposed", made, member, reason, decision_id, at)
        changes.table.transact([changed_proposal(made), record], request, answer)
        return answer

    return once(propose, request, changes.table)


def decide_partner(
    partner_id: str,
    state: str,
    digest: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    changes: PartnerChanges,
    addresses: Addresses,
    request: Request,
    view: Callable[[Proposal], T],
) -> T:
    """`approved` stores the partner, and its address takes events again. Raises `NotFound`, `Refused` or `Conflict`."""

    def decide() -> T:
        found = changes.proposal(partner_id)
        if found is None:
            raise NotFound("not_found", "No change of this partner is proposed.")
        done = decided(found, state, digest, by=member.staff_id, because=because, at=at)
        writes = [changed_proposal(done), _record(f"partner.{state}", done, member, because, decision_id, at)]
        if state == "approved":
            _check(done.partner, at, addresses)
            writes += [changed_partner(done.partner), enabled(partner_id)]
        answer = view(done)
        changes.table.transact(writes, request, answer)
        return answer

    return once(decide, request, changes.table)


def partner_as_stored(partner_id: str, *, changes: PartnerChanges) -> tuple[Partner | None, Proposal | None]:
    """The partner as it is, and the latest proposal; one that is new has only that. Raises `NotFound`."""
    stored, latest = changes.partner(partner_id), changes.proposal(partner_id)
    if stored is None and latest is None:
        raise NotFound("not_found", "There is no such lender.")
    return stored, latest


def _check(partner: Partner, at: datetime, addresses: Addresses) -> None:
    if partner.market not in CODES:
        raise NotFound("market_unknown", f"There is no market {partner.market}.", "/partner/market")
    check(partner, market_at(partner.market, at))
    if partner.webhook_url is not None:
        addresses.check(partner.webhook_url)


def _record(action: str, proposal: Proposal, member: Staff, because: str, decision_id: str, at: datetime) -> Write:
    partner = proposal.partner
    figures = {"partner_id": partner.partner_id, "number": proposal.number, "proposed_by": proposal.proposed_by}
    return recorded(
        Decision(
            decision_id=decision_id,
            market=partner.market,
            subject=f"partner.{partner.partner_id}",
            loan_id="",
            action=action,
            by=member.staff_id,
            roles=member.roles,
            on=today(partner.market, at),
            at=at,
            reason=because,
            saw=figures,
            saw_hash=proposal.digest,
        )
    )
