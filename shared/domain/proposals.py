"""What is stored of a partner or a merchant changes by two members of the staff: one proposes it whole, another
decides."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from shared.domain.errors import Conflict, Refused
from shared.domain.kfs import fingerprint
from shared.domain.merchants import Merchant
from shared.domain.partners import Partner

Stored = TypeVar("Stored", Partner, Merchant)
# A newer proposal takes the place of one that nobody has decided.
MOVES: dict[str, tuple[str, ...]] = {
    "proposed": ("approved", "declined", "proposed"),
    "approved": ("proposed",),
    "declined": ("proposed",),
}


@dataclass(frozen=True, slots=True)
class Proposal(Generic[Stored]):
    """The latest proposal of what is stored of one; `data` are all of it, `number` counts proposals."""

    data: Stored
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
        """SHA-256 of the data: who decides says with it what they looked at."""
        return fingerprint(self.data)


def proposed(
    data: Stored, stored: Stored | None, before: Proposal[Stored] | None, *, by: str, reason: str, at: datetime
) -> Proposal[Stored]:
    """Raises `Refused` where it would move to another market: loans and orders are in that of their contracts."""
    if stored is not None and stored.market != data.market:
        raise Refused("market_fixed", f"It is in the market {stored.market}.", "/market")
    number, version = (before.number + 1, before.version) if before else (1, 0)
    return Proposal(data, number, "proposed", by, at, reason, version)


def decided(
    proposal: Proposal[Stored], state: str, digest: str, *, by: str, because: str, at: datetime
) -> Proposal[Stored]:
    """Raises `Refused` when nothing is proposed and for who proposed it, `Conflict` when it is not what they saw."""
    if proposal.state != "proposed":
        raise Refused("proposal_decided", f"This proposal is {proposal.state}.")
    if by == proposal.proposed_by:
        raise Refused("own_approval", "Somebody else has to decide this.")
    if digest != proposal.digest:
        raise Conflict("figures_stale", "Another proposal has taken the place of the one you looked at.", "/digest")
    assert state in MOVES[proposal.state], state
    return replace(proposal, state=state, decided_by=by, decided_at=at, because=because)
