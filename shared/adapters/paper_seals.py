"""What papers are compared with, under a key that opens nothing else of a borrower: his name, number and birth date.

The key lies wrapped beside that of his other seals and goes with it. Who compares papers sees no income, no account.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.adapters.openings import Openings
from shared.adapters.people import People
from shared.adapters.table import ANY, Item, Write, adapter, plain
from shared.adapters.vault import DataKey, Vault
from shared.domain.borrowers import Borrower
from shared.domain.documents import Document
from shared.domain.errors import Refused
from shared.domain.openings import Opening
from shared.domain.papers import Holder, Stated

SK, SEAL, KEY = "holder", "holder", "paper.key"


@dataclass(frozen=True, slots=True)
class PaperSeals:
    people: People
    vault: Vault

    def record(self, borrower_id: str, document_id: str, door: str, at: datetime, *, is_review: bool = False) -> None:
        """Before the opening, where the borrower reads it."""
        fields = (SEAL, _stated(document_id))
        opening = Opening(at, "paper_review" if is_review else "paper", door, fields)
        Openings(self.people.table).add(borrower_id, opening)

    def key(self, borrower: Borrower) -> DataKey:
        """The borrower's key for papers, open: one call to KMS. Raises `profile_incomplete` before he has one."""
        if borrower.paper_key is None:
            raise Refused("profile_incomplete", "Please save your profile first.")
        return self.vault.open_key(borrower.id, borrower.paper_key, "paper")

    def holder(self, borrower_id: str, key: DataKey) -> Holder | None:
        """Who papers have to name; None before there is a profile."""
        item = self.people.item(borrower_id, SK)
        return _read(key, SEAL, item["seal"], Holder) if item else None

    def of_profile(self, borrower: Borrower, own: DataKey, item: Item | None) -> tuple[DataKey, str, Holder | None]:
        """The key for papers, as it is kept, and whom papers had to name: of the item under `SK`, read with the
        borrower's own key, which his request has opened already. A new one where there is none yet."""
        if item is None or borrower.paper_key is None:
            return *self.vault.new_key(borrower.id), None
        key = DataKey(borrower.id, base64.b64decode(json.loads(own.open(KEY, item["sealed"][KEY]))))
        return key, borrower.paper_key, _read(key, SEAL, item["seal"], Holder)

    def holder_write(self, key: DataKey, own: DataKey, own_name: str, holder: Holder) -> Write:
        """The key is there once more, under the borrower's own, for himself."""
        secret = own.seal(KEY, json.dumps(base64.b64encode(key.secret).decode()))
        seal = key.seal(SEAL, json.dumps(plain(holder)))
        return Write(
            {"pk": key.borrower_id, "sk": SK, "seal": seal, "sealed": {KEY: secret}, "sealed_by": own_name}, ANY
        )

    def sealed(self, document_id: str, stated: Stated, key: DataKey) -> str:
        return key.seal(_stated(document_id), json.dumps(plain(stated)))

    def stated(self, document: Document, key: DataKey) -> Stated:
        if document.stated is None:
            return Stated()
        found: Stated = _read(key, _stated(document.id), document.stated, Stated)
        return found


def shown(borrower_id: str, items: list[Item]) -> list[Item]:
    """A borrower's items, unsealed, as he reads them: what he stated of his papers too, and no copy of his profile."""
    kept = [item for item in items if item["sk"] != SK]
    secrets = [item[KEY] for item in items if item["sk"] == SK]
    key = DataKey(borrower_id, base64.b64decode(secrets[0])) if secrets else None
    return [_opened(item, key) if key and "stated" in item else item for item in kept]


def _opened(item: Item, key: DataKey) -> Item:
    return {**item, "stated": json.loads(key.open(_stated(item["id"]), item["stated"]))}


def _read(key: DataKey, field: str, sealed: str, kind: Any) -> Any:
    return adapter(kind).validate_python(json.loads(key.open(field, sealed)))


def _stated(document_id: str) -> str:
    return f"document.{document_id}"
