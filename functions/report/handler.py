"""The queue `files`: shards in which loans for a credit file, or for the pack of a lender who winds down, are found,
batches whose lines are written, and packs that may be ready.

A message that comes again is taken apart, since somewhere in it is a loan that failed: alone, that one goes to the
dead letters, and the others are done.
"""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from shared import wiring, wiring_lenders
from shared.application.build_transfer import finish_transfer, looked, start_transfer
from shared.application.sweep_file import sweep_file, take_apart, work_batch
from shared.domain.file_run import FileBatch, FileSweep
from shared.domain.night import Task
from shared.domain.transfer import Finish
from shared.runtime import now

# What a page of the index may take at most before the call ends: the rest of the shard is then another's.
PAGE_MS = 5_000

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]
Told = FileBatch | FileSweep | Finish | Task
message = TypeAdapter[Told](Told)


def report(record: SQSRecord, lambda_context: Any) -> None:
    told, files, queue = message.validate_json(record.body), wiring.credit_files(), wiring.files_queue()

    def has_time() -> bool:
        return bool(lambda_context.get_remaining_time_in_millis() > PAGE_MS)

    if isinstance(told, Task):
        start_transfer(told.pk, transfers=wiring_lenders.transfers(), files=files, queue=queue)
        return
    if isinstance(told, Finish):
        given: dict[str, Any] = {"transfers": wiring_lenders.transfers(), "store": wiring_lenders.lender_files()}
        is_done = finish_transfer(told.finish, now(), has_time, files=files, **given)
        if not is_done and not looked(told, queue):
            logger.error("transfer_stuck", extra={"of": told.finish.key})
        return
    if isinstance(told, FileSweep):
        sweep_file(told, has_time, files=files, queue=queue)
        return
    comes_again = int(record.attributes.approximate_receive_count) > 1
    if comes_again and len(told.loan_ids) > 1:
        take_apart(told, files=files, queue=queue)
        return
    untold = work_batch(told, now(), loans=wiring.loans(), files=files)
    logger.info("reported", extra={"of": told.run.key, "batch": told.name, "untold": untold})
    if untold:
        metrics.add_metric(name="DefaultsUntold", unit=MetricUnit.Count, value=untold)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=report, processor=processor, context=context)
