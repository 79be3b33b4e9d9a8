"""The queue `debits`: loans with a debit to go on with, its orders to ask the rail for, and mandates taken back.

An order's message stays until it is over: it is delivered again, and each time the rail is asked. A message of loans
that comes again is taken apart, since somewhere in it is a loan that failed.
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from shared import wiring
from shared.application.place_debit import place_debit
from shared.application.send_debit import end_mandate, send_debit
from shared.domain.errors import Unavailable
from shared.domain.night import Batch, Task
from shared.runtime import now

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]
message = TypeAdapter[Batch | Task](Batch | Task)


def debit(record: SQSRecord) -> None:
    told = message.validate_json(record.body)
    if isinstance(told, Batch):
        place(told, comes_again=int(record.attributes.approximate_receive_count) > 1)
    elif told.pk.startswith("mnd_"):
        end_mandate(told.pk, loans=wiring.loans(), rails=wiring.rail)
        logger.info("mandate_ended", extra={"mandate_id": told.pk})
    else:
        order = send_debit(told.pk, wiring.new_id("pout"), now(), loans=wiring.loans(), rails=wiring.rail)
        logger.info("debit", extra={"repayment_id": told.pk, "state": order.state, "reason": order.reason})
        if order.is_open:
            raise Unavailable("temporarily_unavailable", "The debit is not over yet; the rail is asked again later.")


def place(batch: Batch, *, comes_again: bool) -> None:
    if comes_again and len(batch.loan_ids) > 1:
        wiring.debits_queue().send(batch.apart())
        logger.warning("taken_apart", extra={"loans": len(batch.loan_ids)})
        return
    for loan_id in batch.loan_ids:
        # Where it fails, the processor's line says which loan it was.
        logger.append_keys(loan_id=loan_id)
        place_debit(loan_id, now(), loans=wiring.loans())
    logger.remove_keys(["loan_id"])
    logger.info("placed", extra={"loans": len(batch.loan_ids)})


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=debit, processor=processor, context=context)
