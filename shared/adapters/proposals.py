"""Proposals to change a partner or a merchant, in the loans book: one item for each, in whose place the next comes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from pydantic import ValidationError

from shared.adapters.outbox import enabled
from shared.adapters.table import ANY, Item, Table, Write, load, plain, record
from shared.domain.errors import Malformed
from shared.domain.merchants import Merchant
from shared.domain.partners import Partner
from shared.domain.proposals import Proposal, Stored

PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class Changes(Generic[Stored]):
    """`kind` is what the data are called in items, messages and the audit record: `partner`; `form` is their class.

    `also` is written when one is stored, by its id.
    """

    table: Table
    kind: str
    form: type[Stored]
    also: Callable[[str], Write] | None = None

    def id_of(self, data: Stored) -> str:
        return str(getattr(data, f"{self.kind}_id"))

    def stored(self, known_as: str) -> Stored | None:
        """As it is stored now."""
        item = self.table.get(f"{self.kind}s", known_as)
        return load(self.form, item[self.kind]) if item else None

    def latest(self, known_as: str) -> Proposal[Stored] | None:
        item = self.table.get(f"{self.kind}#{known_as}", PROPOSAL)
        return load(Proposal[self.form], item) if item else None  # type: ignore[name-defined]

    def read(self, written: Mapping[str, Any]) -> Stored:
        """What plain data state. Raises `Malformed` naming the first field that is missing, unknown or not of the form
        that it must have."""
        try:
            data = load(self.form, written)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            raise self._malformed("/".join(map(str, first["loc"])), first["msg"]) from None
        if (unknown := _unknown(written, plain(data))) is not None:
            raise self._malformed(unknown, "There is no such field")
        return data

    def propose(self, proposal: Proposal[Stored]) -> Write:
        """One version later than it was read."""
        pk, version = f"{self.kind}#{self.id_of(proposal.data)}", proposal.version
        return Write(record(proposal, pk, PROPOSAL, version=version + 1), version or None)

    def store(self, data: Stored) -> list[Write]:
        """As it is from now on; doors know it within a minute."""
        sk: str = self.id_of(data)
        item: Item = {"pk": f"{self.kind}s", "sk": sk, self.kind: plain(data)}
        return [Write(item, ANY), *([self.also(sk)] if self.also else [])]

    def _malformed(self, place: str, why: str) -> Malformed:
        return Malformed("invalid_request", f"{place}: {why}.", f"/{self.kind}/{place}")


PartnerChanges = Changes[Partner]
MerchantChanges = Changes[Merchant]


def partner_changes(table: Table) -> PartnerChanges:
    """An address that wanted no more events takes them again once its partner is stored."""
    return Changes(table, "partner", Partner, enabled)


def merchant_changes(table: Table) -> MerchantChanges:
    return Changes(table, "merchant", Merchant)


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
