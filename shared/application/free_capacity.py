"""Principal came back to a partner: it may be lent again. A day's settlement tells it, once."""

from shared.adapters.capacity import Capacity
from shared.application.again import again


def free_capacity(partner_id: str, minor: int, key: str, *, capacity: Capacity) -> bool:
    """Whether the key was new. `minor` is the principal that came back to the partner on that day.

    Killed before its one transaction, nothing is freed; after it, the key is known and frees nothing more.
    """

    def free() -> bool:
        writes = capacity.freed(partner_id, minor, key)
        if writes:
            capacity.table.transact(writes)
        return bool(writes)

    return again(free)
