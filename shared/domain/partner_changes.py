"""What is stored of a partner changes by two members of the staff: one proposes it whole, another decides."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.errors import Conflict, Refused
from shared.domain.kfs import fingerprint
from shared.domain.partners import Partner

# A newer proposal takes the place of one that nobody has decided.
MOVES: dict[str, tuple[str, ...]] = {
    "proposed": ("approved", "declined", "proposed"),
    "approved": ("proposed",),
    "declined": ("proposed",),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The latest proposal of a partner; `number` counts them."""

    partner: Partner
    number: int
    state: str
    proposed_by: str
    proposed_at: datetime
    reason: str
    version: int = 0
    decided_by: str | None = None
    decided_at: datetime | None = None
    because: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the partner's data: who decides says with it what they looked at."""
        return fingerprint(self.partner)


def proposed(
    partner: Partner, stored: Partner | None, before: Proposal | None, *, by: str, reason: str, at: datetime
) -> Proposal:
    """Raises `Refused` where the partner would move to another market: its loans are in that of their contracts."""
    if stored is not None and stored.market != partner.market:
        raise Refused("partner_invalid", f"This partner is in the market {stored.market}.", "/partner/market")
    number, version = (before.number + 1, before.version) if before else (1, 0)
    return Proposal(partner, number, "proposed", by, at, reason, version)


def decided(proposal: Proposal, state: str, digest: str, *, by: str, because: str, at: datetime) -> Proposal:
    """Raises `Refused` when nothing is proposed and for who proposed it, `Conflict` when it is not what they saw."""
    if proposal.state != "proposed":
        raise Refused("proposal_decided", f"This proposal is {proposal.state}.")
    if by == proposal.proposed_by:
        raise Refused("own_approval", "Somebody else has to decide this.")
    if digest != proposal.digest:
        raise Conflict("figures_stale", "Another proposal has taken the place of the one you looked at.", "/digest")
    assert state in MOVES[proposal.state], state
    return replace(proposal, state=state, decided_by=by, decided_at=at, because=because)
