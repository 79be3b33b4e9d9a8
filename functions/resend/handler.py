"""The schedule of every minute: partners of a market for whom events wait for another try that is due."""

from typing import Any

from aws_lambda_powertools import Logger

from shared import wiring, wiring_lenders
from shared.application.tell_partner import waits
from shared.domain.partner_events import Retry
from shared.runtime import now

logger = Logger()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    partners = waits(wiring.partners().of_market(event["market"]), now(), outbox=wiring_lenders.outbox())
    wiring_lenders.partners_queue().send([Retry(partner_id) for partner_id in partners])
    if partners:
        logger.info("partners_wait", extra={"partners": partners})
    return {"market": event["market"], "partners": partners}
