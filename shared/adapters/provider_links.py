"""The people book's items of sign-ins with a provider: rounds that are under way, whose account it is, and vouchers."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.adapters.keyed_hash import Index
from shared.adapters.table import ANY, Item, Stale, Table, Write, load, load_all, record
from shared.domain.errors import Refused
from shared.domain.providers import VALID, Link, Provider, Round

ROUND, ACCOUNT, LINKS, OWNER = "provider_round#", "provider_account#", "links#", "owner"
VOUCHED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ProviderLinks:
    table: Table
    index: Index

    def begin(self, begun: Round) -> None:
        self.table.transact([_round(begun, None)])

    def round(self, state: str) -> Round | None:
        item = self.table.get(f"{ROUND}{state}", "round")
        return load(Round, item) if item else None

    def change(self, changed: Round, seen: Round) -> bool:
        """False when somebody else was quicker."""
        try:
            self.table.transact([_round(changed, seen.version)])
        except Stale:
            return False
        return True

    def subject(self, provider: Provider, name: str) -> str:
        """The keyed hash of who somebody is at a provider: one call to KMS."""
        return self.index.hashed("provider", f"{provider.issuer} {name}").of("pk")

    def owner(self, subject: str) -> str | None:
        """The borrower who signs in with that account."""
        return self._owner(subject).get("borrower_id")

    def of(self, borrower_id: str) -> list[Link]:
        found = self.table.query(_links(borrower_id))
        return load_all(Link, [item for item in found if "subject" in item])

    def link(self, borrower_id: str, link: Link, told: Write) -> None:
        """From now on the account signs this borrower in, and he is `told` so.

        Raises `Refused` when it is somebody else's, or when another account of the same provider is his. Linked twice,
        it is linked once.
        """
        owner, mine = self._owner(link.subject), self.table.get(_links(borrower_id), link.provider_id) or {}
        if owner.get("borrower_id", borrower_id) != borrower_id:
            raise Refused("provider_linked", "This account signs somebody else in.")
        if mine.get("subject", link.subject) != link.subject:
            raise Refused("provider_linked", "Another account of this provider signs you in; unlink it first.")
        if "borrower_id" in owner and "subject" in mine:
            return
        kept = record(link, _links(borrower_id), link.provider_id)
        self._write({"borrower_id": borrower_id}, link.subject, owner, kept, mine, told)

    def unlink(self, borrower_id: str, provider_id: str) -> None:
        """The account signs nobody in any more; nothing happens when it did not."""
        mine = self.table.get(_links(borrower_id), provider_id) or {}
        if "subject" in mine:
            subject = str(mine["subject"])
            left = {"pk": _links(borrower_id), "sk": provider_id}
            self._write({}, subject, self._owner(subject), left, mine)

    def _owner(self, subject: str) -> Item:
        return self.table.get(f"{ACCOUNT}{subject}", OWNER) or {}

    def _write(self, owner: Item, subject: str, was: Item, link: Item, former: Item, *told: Write) -> None:
        """Raises `Stale` when either changed since it was read."""
        named = owner | {"pk": f"{ACCOUNT}{subject}", "sk": OWNER}
        self.table.transact([_next(named, was), _next(link, former), *told])


@dataclass(frozen=True, slots=True)
class Vouchers:
    """What the door of sign-ins vouches for towards the pool's triggers: who is already known to be who he is."""

    table: Table

    def vouch(self, borrower_id: str, secret_hash: str, at: datetime) -> None:
        """The last one made is good, once, for a minute."""
        until = at + VOUCHED
        item = {"pk": _voucher(borrower_id), "sk": "voucher", "secret_hash": secret_hash, "until": until.isoformat()}
        self.table.transact([Write(item | {"version": 1, "expires_at": int(until.timestamp())}, ANY)])

    def stands(self, borrower_id: str, at: datetime) -> bool:
        item = self._item(borrower_id)
        return item is not None and at < datetime.fromisoformat(item["until"])

    def redeem(self, borrower_id: str, secret_hash: str, at: datetime) -> bool:
        """Whether it is the secret of the voucher, which is used up by asking. Of two at once one gets it."""
        item = self._item(borrower_id)
        if item is None or at >= datetime.fromisoformat(item["until"]):
            return False
        spent = {**item, "secret_hash": "", "until": at.isoformat(), "version": item["version"] + 1}
        try:
            self.table.transact([Write(spent, item["version"])])
        except Stale:
            return False
        return hmac.compare_digest(secret_hash, str(item["secret_hash"]))

    def _item(self, borrower_id: str) -> Item | None:
        return self.table.get(_voucher(borrower_id), "voucher")


def _round(begun: Round, seen: int | None) -> Write:
    forgotten_at = int((begun.begun_at + VALID).timestamp())
    return Write(record(begun, f"{ROUND}{begun.state}", "round", expires_at=forgotten_at), seen)


def _next(item: Item, was: Item) -> Write:
    """One version later than it was; an item that was overwritten by an erasure has none, and is on its way out."""
    return Write(item | {"version": was.get("version", 0) + 1}, was.get("version", ANY) if was else None)


def _links(borrower_id: str) -> str:
    return f"{LINKS}{borrower_id}"


def _voucher(borrower_id: str) -> str:
    return f"voucher#{borrower_id}"
