"""Erasures in the people book: what a borrower asked for, a list by the day on which to look, and the overwriting.

An item that is overwritten holds its keys and nothing else, and the table forgets it within days. What backups hold of
the wrapped key is gone when they end, 35 days later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from shared.adapters.people import OWNER, PAPER, Change, People
from shared.adapters.people import SK as BORROWER
from shared.adapters.phone_changes import CHANGE
from shared.adapters.provider_links import ACCOUNT, LINKS
from shared.adapters.sessions import SIGN_INS
from shared.adapters.table import ANY, Item, Stale, Table, Write, load, record
from shared.domain.borrowers import Borrower, erased
from shared.domain.erasure import Erasure
from shared.domain.retention import Kind

SK = "erasure"
# That the borrower agreed, and when, has to be shown later; it tells nothing about the person.
KEPT = (BORROWER, SK, "consent#", "consent_event#")
DEVICE = "device#"
# What is overwritten of each kind by itself, and the flags that said that it was there.
PARTS: Mapping[Kind, tuple[str, ...]] = {
    "contacts": ("contact_wishes", DEVICE),
    "bank_account": ("bank_account", "first_told#bank_account"),
    "papers": ("document#",),
}
FLAGS: Mapping[Kind, Mapping[str, Any]] = {
    "contacts": {},
    "bank_account": {"has_bank_account": False, "account_check": None, "account_usable_from": None},
    "papers": {"accepted_documents": ()},
}
TOGETHER = 50
PAGE = 100


@dataclass(frozen=True, slots=True)
class Erasures:
    table: Table

    def get(self, borrower_id: str) -> Erasure | None:
        item = self.table.get(borrower_id, SK)
        return load(Erasure, item) if item else None

    def save(
        self, borrower: Borrower, erasure: Erasure, seen: Erasure | None, at: datetime, told: Sequence[Write] = ()
    ) -> Erasure:
        """The erasure one version later, listed under its next day and no other; `told` with it. Raises `Stale`."""
        made = replace(erasure, version=seen.version + 1 if seen else 1)
        self.table.transact([self._kept(borrower, made, seen), *_listed(borrower, made, seen, at), *told])
        return made

    def start(self, borrower: Borrower, erasure: Erasure, at: datetime) -> None:
        """The first of a borrower; nothing happens where another call was quicker."""
        try:
            self.save(borrower, erasure, None, at)
        except Stale:
            return

    def due(self, market: str, on: date) -> Iterator[str]:
        """Borrowers to look at by that day."""
        after: str | None = None
        while True:
            found, after = self.table.part(_list_of(market), "", after, PAGE)
            for item in found:
                if item["sk"] > f"{on}~":
                    return
                if "expires_at" not in item:
                    yield item["borrower_id"]
            if after is None:
                return

    def begin(self, borrower: Borrower, erasure: Erasure, seen: Erasure, at: datetime) -> Erasure:
        """Destroys the borrower's key, with which all seals are closed for ever. It stays listed until all is done.

        Raises `Stale` when the borrower or the erasure changed since they were read.
        """
        gone = replace(erased(borrower, at), version=borrower.version + 1)
        made = replace(erasure, look_on=seen.look_on, version=seen.version + 1)
        key = Write(record(gone, borrower.id, BORROWER), borrower.version)
        self.table.transact([key, self._kept(borrower, made, seen)])
        return made

    def overwrite(self, people: People, borrower_id: str, at: datetime) -> None:
        """What lies in the clear, the closed seals, and his sign-ins, which open nothing then. May be done again."""
        items = [item for item in people.items(borrower_id) if not item["sk"].startswith(KEPT)]
        for kind in (LINKS, CHANGE, SIGN_INS):
            items += self.table.query(f"{kind}{borrower_id}")
        self._overwrite(borrower_id, items, at)

    def release(self, people: People, borrower_id: str, kind: Kind, at: datetime) -> None:
        """Overwrites one kind of data, and what says that it is there. May be done again."""

        def decide(borrower: Borrower) -> Change:
            without = replace(borrower, **FLAGS[kind])
            return None if without == borrower else (without, [])

        people.change(borrower_id, decide)
        items = [item for item in people.items(borrower_id) if item["sk"].startswith(PARTS[kind])]
        self._overwrite(borrower_id, items, at)

    def _overwrite(self, borrower_id: str, items: Sequence[Item], at: datetime) -> None:
        # Two documents may be the same paper, and a transaction takes an item once.
        places = dict.fromkeys(place for item in items for place in self._places(borrower_id, item))
        writes = [Write(_overwritten(pk, sk, at), ANY) for pk, sk in places]
        for start in range(0, len(writes), TOGETHER):
            self.table.transact(writes[start : start + TOGETHER])

    def _places(self, borrower_id: str, item: Item) -> list[tuple[str, str]]:
        """The item itself and, of a device, a link and papers, that they are his."""
        device = [item["sk"].removeprefix(DEVICE)] if item["sk"].startswith(DEVICE) else []
        account = [f"{ACCOUNT}{item['subject']}"] if "subject" in item else []
        owned = [*device, *account, *(f"{PAPER}{each}" for each in item.get("papers", ()))]
        owners = {pk: self.table.get(pk, OWNER) or {} for pk in owned}
        his = [(pk, OWNER) for pk, owner in owners.items() if owner.get("borrower_id") == borrower_id]
        return [(item["pk"], item["sk"]), *his]

    def _kept(self, borrower: Borrower, erasure: Erasure, seen: Erasure | None) -> Write:
        return Write(record(erasure, borrower.id, SK), seen.version if seen else None)


def _list_of(market: str) -> str:
    return f"erasures#{market}"


def _listed(borrower: Borrower, erasure: Erasure, seen: Erasure | None, at: datetime) -> list[Write]:
    """The line in the list of days, and the one before it crossed out."""
    was, now = (each.look_on if each else None for each in (seen, erasure))
    lines = []
    if was and was != now:
        lines.append(Write(_line(borrower, was) | {"expires_at": int(at.timestamp())}, ANY))
    if now:
        lines.append(Write(_line(borrower, now), ANY))
    return lines


def _line(borrower: Borrower, on: date) -> Item:
    return {"pk": _list_of(borrower.market), "sk": f"{on}#{borrower.id}", "borrower_id": borrower.id}


def _overwritten(pk: str, sk: str, at: datetime) -> Item:
    return {"pk": pk, "sk": sk, "erased_at": at.isoformat(), "expires_at": int(at.timestamp())}
