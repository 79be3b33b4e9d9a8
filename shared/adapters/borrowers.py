"""What a borrower told us, sealed: opened for a stated purpose, never shown whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.adapters.people import People
from shared.adapters.table import ANY, Write, adapter, plain
from shared.adapters.vault import DataKey, Vault
from shared.domain.borrowers import (
    Beneficiary,
    Borrower,
    Features,
    Means,
    Person,
    features,
    masked,
    masked_name,
)
from shared.domain.errors import Conflict, Refused

# Two seals, so that who needs the means does not open the person.
PERSON, MEANS, BENEFICIARY = "profile.person", "profile.means", "bank_account"


@dataclass(frozen=True, slots=True)
class Borrowers:
    people: People
    vault: Vault

    def features(self, borrower_id: str, on: date) -> Features:
        """For the scorer. Raises `profile_incomplete` when there is no profile yet."""
        return features(self._opened(borrower_id, "profile", MEANS, Means, "score"), on)

    def beneficiary(self, borrower_id: str) -> Beneficiary:
        """For the payout. Raises `profile_incomplete` when there is no account yet."""
        opened: Beneficiary = self._opened(borrower_id, "bank_account", BENEFICIARY, Beneficiary, "payout")
        return opened

    def save_profile(self, borrower_id: str, person: Person, means: Means) -> None:
        masks = {
            "name_masked": masked_name(person.name),
            "identity_number_masked": masked(person.identity_number),
        }
        self._seal(borrower_id, "profile", {PERSON: person, MEANS: means}, masks)

    def save_beneficiary(self, borrower_id: str, beneficiary: Beneficiary) -> None:
        masks = {
            "holder_name_masked": masked_name(beneficiary.holder_name),
            "account_number_masked": masked(beneficiary.account_number),
            "ifsc": beneficiary.ifsc,
        }
        self._seal(borrower_id, "bank_account", {BENEFICIARY: beneficiary}, masks)

    def _seal(self, borrower_id: str, sk: str, fields: dict[str, Any], masks: Mapping[str, str | None]) -> None:
        """Replaces what the item held. The key is opened once, however often the write is tried."""
        key, wrapped = self._key(self.people.get(borrower_id))
        sealed = {name: key.seal(name, json.dumps(plain(value))) for name, value in fields.items()}
        item = {"pk": borrower_id, "sk": sk, **masks, "sealed": sealed}

        def decide(seen: Borrower) -> tuple[Borrower, list[Write]]:
            if seen.data_key not in (None, wrapped):
                raise Conflict("request_in_flight", "Your key is being made at this moment. Please try again.")
            keyed = replace(seen, data_key=wrapped)
            is_profile = sk == "profile"
            changed = replace(keyed, has_profile=True) if is_profile else replace(keyed, has_bank_account=True)
            return changed, [Write(item, ANY)]

        self.people.change(borrower_id, decide)

    def _key(self, borrower: Borrower) -> tuple[DataKey, str]:
        if borrower.data_key is None:
            return self.vault.new_key(borrower.id)
        return self.vault.open_key(borrower.id, borrower.data_key, "save"), borrower.data_key

    def _opened(self, borrower_id: str, sk: str, field: str, kind: Any, purpose: str) -> Any:
        borrower, item = self.people.get(borrower_id), self.people.item(borrower_id, sk)
        if borrower.data_key is None or item is None:
            raise Refused("profile_incomplete", f"The borrower has no {sk} yet.")
        key = self.vault.open_key(borrower_id, borrower.data_key, purpose)
        return adapter(kind).validate_python(json.loads(key.open(field, item["sealed"][field])))
