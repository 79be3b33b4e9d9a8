"""How a borrower may be reached: his wishes, his devices, his phone. The people book without a key, and the pool.

A push token is kept nowhere: what is kept is the address that the push service gave for it. A device has one owner,
the borrower who registered it last, so that a phone that changed hands tells nobody another's business.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.adapters.table import ANY, Table, Write, load, load_all, record
from shared.domain.contact import Wishes
from shared.domain.devices import Device
from shared.domain.errors import NotFound, Unavailable

WISHES, DEVICE, OWNER = "contact_wishes", "device#", "owner"


def device_id(token: str) -> str:
    """Of a token always the same."""
    return f"dev_{hashlib.sha256(token.encode()).hexdigest()[:26].upper()}"


@dataclass(frozen=True, slots=True)
class Reach:
    table: Table

    def wishes(self, borrower_id: str) -> Wishes:
        item = self.table.get(borrower_id, WISHES)
        return load(Wishes, item) if item else Wishes()

    def save_wishes(self, borrower_id: str, wishes: Wishes) -> None:
        self.table.transact([Write(record(wishes, borrower_id, WISHES), ANY)])

    def devices(self, borrower_id: str) -> tuple[Device, ...]:
        """Those that are still his, the latest first."""
        found = [item for item in self.table.query(borrower_id, DEVICE) if "erased_at" not in item]
        known = load_all(Device, found)
        mine = [each for each in known if each.removed_at is None and self.owner(each.device_id) == borrower_id]
        return tuple(sorted(mine, key=lambda device: device.registered_at, reverse=True))

    def register(self, borrower_id: str, device: Device) -> None:
        """The device is this borrower's from now on, whosever it was."""
        owner = {"pk": device.device_id, "sk": OWNER, "borrower_id": borrower_id}
        self.table.transact([_kept(borrower_id, device), Write(owner, ANY)])

    def remove(self, borrower_id: str, device_id: str, at: datetime) -> Device:
        """Raises `NotFound` for a device that is not his, or not any more."""
        found = next((each for each in self.devices(borrower_id) if each.device_id == device_id), None)
        if found is None:
            raise NotFound("not_found", "There is no such device.")
        removed = replace(found, removed_at=at)
        self.table.transact([_kept(borrower_id, removed)])
        return removed

    def owner(self, device_id: str) -> str | None:
        """Who registered it last; None of one that nobody has."""
        item = self.table.get(device_id, OWNER)
        return item.get("borrower_id") if item else None


@dataclass(frozen=True, slots=True)
class Phonebook:
    """Phones are kept by the pool alone, where their owners sign in with them."""

    cognito: Any
    pool_id: str

    def phone(self, borrower_id: str) -> str:
        """E.164. Raises `Unavailable` for whoever left the pool."""
        try:
            subject = borrower_id.removeprefix("brw_")
            user = self.cognito.admin_get_user(UserPoolId=self.pool_id, Username=subject)
        except self.cognito.exceptions.UserNotFoundException:
            raise Unavailable("temporarily_unavailable", "The borrower has no phone any more.") from None
        return next(str(each["Value"]) for each in user["UserAttributes"] if each["Name"] == "phone_number")


def _kept(borrower_id: str, device: Device) -> Write:
    return Write(record(device, borrower_id, f"{DEVICE}{device.device_id}"), ANY)
