"""Register a device for push messages."""

from datetime import datetime

from shared.adapters.push import Push
from shared.adapters.reach import Reach, device_id
from shared.domain.devices import Device


def register_device(borrower_id: str, platform: str, token: str, at: datetime, *, reach: Reach, push: Push) -> Device:
    """A token names its device and its address, so that registered again it is the same one, switched on again.

    Raises `Refused` when no device has such a token, or `Unavailable`.
    """
    device = Device(device_id(token), platform, push.register(token), at)
    reach.register(borrower_id, device)
    return device
