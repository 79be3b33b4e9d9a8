"""Register a device for push messages."""

from datetime import datetime

from shared.adapters.people import People
from shared.adapters.push import Push
from shared.adapters.reach import Reach, device_id
from shared.domain.borrowers import sharing
from shared.domain.devices import Device


def register_device(
    borrower_id: str, platform: str, token: str, at: datetime, *, people: People, reach: Reach, push: Push
) -> Device:
    """A token names its device and its address, so that registered again it is the same one, switched on again.

    That another borrower had it before is noted. Raises `Refused` when no device has such a token, or `Unavailable`.
    """
    device = Device(device_id(token), platform, push.register(token), at)
    if reach.owner(device.device_id) not in (None, borrower_id):
        people.change(borrower_id, lambda seen: (sharing(seen, "device", is_shared=True), []))
    reach.register(borrower_id, device)
    return device
