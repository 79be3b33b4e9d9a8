"""The queue `partners`: steps of loans that a partner is told of, and partners for whom events wait for another try."""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from shared import wiring, wiring_lenders
from shared.application.tell_partner import retry, tell_settlement, tell_step
from shared.domain.partner_events import SOON_SECONDS, WAITING, Retry
from shared.runtime import now

# Another try takes seconds; what is due when the time ends stays due.
LEAST_MILLISECONDS = 4_000
logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Step:
    """What the relay sends: the step of a loan, or a settled day, that its partner is told of."""

    task: str
    pk: str
    sk: str


message = TypeAdapter[Retry | Step](Retry | Step)


def tell(record: SQSRecord, lambda_context: Any) -> None:
    asked = message.validate_json(record.body)
    partners, outbox, hooks = wiring.partners(), wiring_lenders.outbox(), wiring_lenders.webhooks()
    if isinstance(asked, Retry):
        delivered = retry(
            asked.partner_id,
            now(),
            lambda: lambda_context.get_remaining_time_in_millis() > LEAST_MILLISECONDS,
            partners=partners,
            outbox=outbox,
            hooks=hooks,
        )
        logger.info("partner_told_again", extra={"partner_id": asked.partner_id, "delivered": delivered})
        return
    given: dict[str, Any] = {"partners": partners, "outbox": outbox, "hooks": hooks}
    if (day := wiring_lenders.settled_days().at_place(asked.pk, asked.sk)) is not None:
        told = tell_settlement(day, now(), **given)
    else:
        told = tell_step(asked.pk, asked.sk, now(), loans=wiring.loans(), **given)
    again = {each.partner_id for each in told if each.state == WAITING and each.tries == 1}
    wiring_lenders.partners_queue().send([Retry(partner_id) for partner_id in again], SOON_SECONDS)
    logger.info("partner_told", extra={"of": asked.pk, "events": {each.event_id: each.state for each in told}})


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=tell, processor=processor, context=context)
