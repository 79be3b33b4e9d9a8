"""The queue `settlements`: each message is one lender's day that is over, to be settled."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from shared import wiring, wiring_lenders
from shared.application.settle_day import settle_day
from shared.application.start_settling import ToSettle
from shared.runtime import now

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]
message = TypeAdapter(ToSettle)


def settle(record: SQSRecord) -> None:
    asked = message.validate_json(record.body)
    partner = wiring.partners().get(asked.partner_id)
    settled = settle_day(
        partner,
        asked.on,
        now(),
        loans=wiring.loans(),
        statements=wiring.statements(),
        store=wiring_lenders.lender_files(),
    )
    told = {"partner_id": settled.partner_id, "on": settled.on.isoformat(), "state": settled.state}
    logger.info("day_settled", extra={**told, "movements": settled.movements, "differences": settled.differences})


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=settle, processor=processor, context=context)
