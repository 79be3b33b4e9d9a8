"""What staff see of the partners of a market: their standing, what they can still lend, and how they answer."""

from dataclasses import dataclass
from datetime import date

from shared.adapters.capacity import Capacity
from shared.adapters.outbox import Endpoint, Outbox
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners
from shared.adapters.proposals import PartnerChanges
from shared.domain.partner_health import Health
from shared.domain.partners import Partner
from shared.domain.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Shown:
    """`outstanding` and `lent` are in minor units; `endpoint` is an address that wants no more events."""

    partner: Partner
    outstanding: int
    lent: int
    health: Health
    events_wait: bool
    endpoint: Endpoint | None
    proposal: Proposal[Partner] | None


def show_partners(
    market: str,
    on: date,
    *,
    partners: Partners,
    capacity: Capacity,
    healths: Healths,
    outbox: Outbox,
    changes: PartnerChanges,
) -> list[Shown]:
    """All partners of the market, by id."""
    known = healths.all()
    return [
        _shown(partner, on, known.get(partner.partner_id), capacity, outbox, changes)
        for partner in partners.of_market(market)
    ]


def _shown(
    partner: Partner, on: date, health: Health | None, capacity: Capacity, outbox: Outbox, changes: PartnerChanges
) -> Shown:
    parts = capacity.parts(partner.partner_id)
    return Shown(
        partner=partner,
        outstanding=sum(part.outstanding for part in parts),
        lent=sum(part.lent_on(on) for part in parts),
        health=health or Health(partner.partner_id),
        events_wait=bool(outbox.waiting(partner.partner_id, 1)),
        endpoint=outbox.disabled(partner.partner_id),
        proposal=changes.latest(partner.partner_id),
    )
