"""Which adapter uses which resource, for all that has to do with lenders: the other half of `wiring`."""

from functools import cache
from typing import TYPE_CHECKING

from shared import wiring
from shared.adapters.clients import client
from shared.settings import setting

if TYPE_CHECKING:
    from shared.adapters.capacity import Capacity
    from shared.adapters.file_store import FileStore
    from shared.adapters.outbox import Outbox
    from shared.adapters.partner_health import Healths
    from shared.adapters.pricing import Pricing
    from shared.adapters.proposals import MerchantChanges, PartnerChanges
    from shared.adapters.queue import Queue
    from shared.adapters.settled_days import SettledDays
    from shared.adapters.transfers import Transfers
    from shared.adapters.webhooks import Webhooks


@cache
def healths() -> "Healths":
    from shared.adapters.partner_health import Healths

    return Healths(wiring.loans_table())


@cache
def outbox() -> "Outbox":
    from shared.adapters.outbox import Outbox

    return Outbox(wiring.loans_table())


@cache
def lender_files() -> "FileStore":
    from shared.adapters.documents import REGIONAL
    from shared.adapters.file_store import FileStore

    return FileStore(client("s3", REGIONAL), setting("LENDERS_BUCKET"))


@cache
def settled_days() -> "SettledDays":
    from shared.adapters.settled_days import SettledDays

    return SettledDays(wiring.loans_table())


@cache
def transfers() -> "Transfers":
    from shared.adapters.transfers import Transfers

    return Transfers(wiring.loans_table())


@cache
def webhooks() -> "Webhooks":
    from shared.adapters.webhooks import Webhooks

    return Webhooks(client("ssm"), setting("PARAMETERS"), wiring.addresses())


@cache
def capacity() -> "Capacity":
    from shared.adapters.capacity import Capacity

    return Capacity(wiring.loans_table())


@cache
def partners_queue() -> "Queue":
    from shared.adapters.queue import Queue

    return Queue(client("sqs"), setting("PARTNERS_QUEUE"))


@cache
def partner_changes() -> "PartnerChanges":
    from shared.adapters import proposals

    return proposals.partner_changes(wiring.loans_table())


@cache
def merchant_changes() -> "MerchantChanges":
    from shared.adapters import proposals

    return proposals.merchant_changes(wiring.loans_table())


@cache
def pricing() -> "Pricing":
    from shared.adapters.pricing import Pricing

    return Pricing(client("ssm"), setting("PARAMETERS"), wiring.addresses())
