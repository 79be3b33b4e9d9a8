"""The queue `sweep`: each message names a shard of an index, whose loans go on to those who work them."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from shared import wiring
from shared.application.sweep_shard import sweep_shard
from shared.domain.night import Sweep

# What a page may take at most before the call ends: the rest of the shard is then another's.
PAGE_MS = 3_000

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]
message = TypeAdapter(Sweep)


def sweep(record: SQSRecord, lambda_context: Any) -> None:
    told = message.validate_json(record.body)
    workers = {"work": wiring.night_queue, "notices": wiring.notices_queue, "debits": wiring.debits_queue}
    found = sweep_shard(
        told,
        lambda: lambda_context.get_remaining_time_in_millis() > PAGE_MS,
        index=wiring.work_index(told.index),
        workers=workers[told.index](),
        sweeps=wiring.sweep_queue(),
    )
    logger.info("swept", extra={"shard": told.shard, "on": told.on.isoformat(), "loans": found})


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=sweep, processor=processor, context=context)
