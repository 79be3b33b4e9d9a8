"""Staff store a partner or a merchant: one proposes all of its data, another approves them; the market's rules are
asked both times.

What is approved holds within a minute. Loans keep the terms of their contracts, and money that was ordered its account.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from shared.adapters.addresses import Addresses
from shared.adapters.audit import decided as recorded
from shared.adapters.banks import is_cnaps
from shared.adapters.ifsc import is_known_branch
from shared.adapters.proposals import Changes
from shared.adapters.requests import Request
from shared.adapters.table import Write
from shared.application.again import once
from shared.domain import merchants, partners
from shared.domain.errors import NotFound, Refused
from shared.domain.market import Market
from shared.domain.merchants import Merchant
from shared.domain.partners import Partner
from shared.domain.proposals import Proposal, Stored, decided, proposed
from shared.domain.staff import Decision, Staff
from shared.markets import CODES, market_at, today

T = TypeVar("T")


def propose(
    written: Mapping[str, Any],
    reason: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    changes: Changes[Stored],
    check: Callable[[Stored], None],
    request: Request,
    view: Callable[[Proposal[Stored]], T],
) -> T:
    """Nothing changes until somebody else approves. Raises `Malformed`, or `Refused` by `check`."""
    data = changes.read(written)
    check(data)

    def write() -> T:
        stored, before = changes.stored(changes.id_of(data)), changes.latest(changes.id_of(data))
        made = proposed(data, stored, before, by=member.staff_id, reason=reason, at=at)
        answer = view(made)
        record = _record("proposed", made, member, reason, decision_id, at, changes)
        changes.table.transact([changes.propose(made), record], request, answer)
        return answer

    return once(write, request, changes.table)


def decide(
    known_as: str,
    state: str,
    digest: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    changes: Changes[Stored],
    check: Callable[[Stored], None],
    request: Request,
    view: Callable[[Proposal[Stored]], T],
) -> T:
    """`approved` stores the data. Raises `NotFound`, `Refused` or `Conflict`."""

    def write() -> T:
        found = changes.latest(known_as)
        if found is None:
            raise NotFound("not_found", "No change of it is proposed.")
        done = decided(found, state, digest, by=member.staff_id, because=because, at=at)
        writes = [changes.propose(done), _record(state, done, member, because, decision_id, at, changes)]
        if state == "approved":
            check(done.data)
            writes += changes.store(done.data)
        answer = view(done)
        changes.table.transact(writes, request, answer)
        return answer

    return once(write, request, changes.table)


def as_stored(known_as: str, *, changes: Changes[Stored]) -> tuple[Stored | None, Proposal[Stored] | None]:
    """As it is, and the latest proposal; what is new has only that. Raises `NotFound`."""
    stored, latest = changes.stored(known_as), changes.latest(known_as)
    if stored is None and latest is None:
        raise NotFound("not_found", f"There is no such {changes.kind}.")
    return stored, latest


def check_partner(partner: Partner, at: datetime, addresses: Addresses) -> None:
    """Raises `Refused`: `partner_invalid`, `product_forbidden` naming the rule, `address_forbidden`."""
    partners.check(partner, _market(partner.market, at, "/partner/market"))
    if partner.webhook_url is not None:
        addresses.check(partner.webhook_url)


def check_merchant(merchant: Merchant, at: datetime) -> None:
    """Raises `Refused`: `merchant_invalid`, `account_number_invalid`, `ifsc_unknown`, `cnaps_invalid`."""
    merchants.check(merchant, _market(merchant.market, at, "/merchant/market"))
    ifsc, cnaps = merchant.account.ifsc, merchant.account.cnaps
    if cnaps is not None and not is_cnaps(cnaps):
        raise Refused("cnaps_invalid", "This CNAPS code names no bank.", "/merchant/account/cnaps")
    if ifsc is not None and not is_known_branch(ifsc):
        raise Refused("ifsc_unknown", "This IFSC names no branch of a bank.", "/merchant/account/ifsc")


def _market(code: str, at: datetime, pointer: str) -> Market:
    if code not in CODES:
        raise NotFound("market_unknown", f"There is no market {code}.", pointer)
    return market_at(code, at)


def _record(
    step: str,
    proposal: Proposal[Stored],
    member: Staff,
    because: str,
    decision_id: str,
    at: datetime,
    changes: Changes[Stored],
) -> Write:
    kind, known_as, market = changes.kind, changes.id_of(proposal.data), proposal.data.market
    return recorded(
        Decision(
            decision_id=decision_id,
            market=market,
            subject=f"{kind}.{known_as}",
            loan_id="",
            action=f"{kind}.{step}",
            by=member.staff_id,
            roles=member.roles,
            on=today(market, at),
            at=at,
            reason=because,
            saw={f"{kind}_id": known_as, "number": proposal.number, "proposed_by": proposal.proposed_by},
            saw_hash=proposal.digest,
        )
    )
