"""Proposals to change a partner, in the loans book: one item per partner, in whose place the next one comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shared.adapters.partners import PARTNERS, stored
from shared.adapters.table import ANY, Table, Write, load, plain, record
from shared.domain.errors import Malformed
from shared.domain.partner_changes import Proposal
from shared.domain.partners import Partner

PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class PartnerChanges:
    table: Table

    def partner(self, partner_id: str) -> Partner | None:
        """The partner as it is stored now."""
        item = self.table.get(PARTNERS, partner_id)
        return load(Partner, item["partner"]) if item else None

    def proposal(self, partner_id: str) -> Proposal | None:
        item = self.table.get(_key(partner_id), PROPOSAL)
        return load(Proposal, item) if item else None


def read(written: Mapping[str, Any]) -> Partner:
    """The partner that plain data state. Raises `Malformed` naming the first field that is missing, unknown or not of
    the form that it must have."""
    try:
        partner = load(Partner, written)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise _malformed("/".join(map(str, first["loc"])), first["msg"]) from None
    if (unknown := _unknown(written, plain(partner))) is not None:
        raise _malformed(unknown, "There is no such field")
    return partner


def changed_proposal(proposal: Proposal) -> Write:
    """One version later than it was read."""
    item = record(proposal, _key(proposal.partner.partner_id), PROPOSAL, version=proposal.version + 1)
    return Write(item, proposal.version or None)


def changed_partner(partner: Partner) -> Write:
    """The partner as it is from now on; doors know it within a minute."""
    return Write(stored(partner), ANY)


def _unknown(written: Any, known: Any) -> str | None:
    """The place of a field that nothing was made of."""
    pairs: list[tuple[Any, Any, Any]] = []
    if isinstance(written, Mapping) and isinstance(known, Mapping):
        pairs = [(name, value, known.get(name, _unknown)) for name, value in written.items()]
    elif isinstance(written, list) and isinstance(known, list):
        pairs = [(number, *pair) for number, pair in enumerate(zip(written, known, strict=False))]
    for name, value, found in pairs:
        deeper = "" if found is _unknown else _unknown(value, found)
        if deeper is not None:
            return f"{name}/{deeper}".rstrip("/")
    return None


def _malformed(place: str, why: str) -> Malformed:
    return Malformed("invalid_request", f"{place}: {why}.", f"/partner/{place}")


def _key(partner_id: str) -> str:
    return f"partner#{partner_id}"
