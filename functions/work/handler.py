"""The queue `night`: loans on which something is due, to be worked for one business date.

A message that comes again is taken apart, since somewhere in it is a loan that failed: alone, that one goes to the
dead letters, and the others are done.
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from shared import wiring
from shared.application.work_loan import work_loan
from shared.domain.night import Batch
from shared.runtime import now

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]
message = TypeAdapter(Batch)


def work(record: SQSRecord) -> None:
    batch = message.validate_json(record.body)
    comes_again = int(record.attributes.approximate_receive_count) > 1
    if comes_again and len(batch.loan_ids) > 1:
        wiring.night_queue().send(batch.apart())
        logger.warning("taken_apart", extra={"loans": len(batch.loan_ids)})
        return
    for loan_id in batch.loan_ids:
        # Where it fails, the processor's line says which loan it was.
        logger.append_keys(loan_id=loan_id)
        work_loan(loan_id, batch.on, wiring.new_id("pout"), now(), loans=wiring.loans())
    logger.remove_keys(["loan_id"])
    logger.info("worked", extra={"loans": len(batch.loan_ids), "on": batch.on.isoformat()})


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=work, processor=processor, context=context)
