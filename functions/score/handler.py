"""The queue `score`: each message names an application to decide; a batch answers for each message alone."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from shared import wiring, wiring_lenders
from shared.application.decide_application import decide_application
from shared.application.make_offers import Lenders
from shared.runtime import now

logger = Logger()
metrics = Metrics()
# With our logger, which logs as the standard one does, it says which message failed before that goes back.
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]


def decide(record: SQSRecord) -> None:
    application_id = record.json_body["pk"]
    application = decide_application(
        application_id,
        record.json_body["borrower_id"],
        now(),
        applications=wiring.applications(),
        borrowers=wiring.borrowers("score"),
        loans=wiring.loans(),
        lenders=Lenders(wiring.partners(), wiring_lenders.pricing(), wiring_lenders.healths()),
    )
    if application is None:
        logger.info("decided_before", extra={"application_id": application_id})
        return
    seconds = (now() - application.submitted_at).total_seconds()
    metrics.add_metric(name="DecisionSeconds", unit=MetricUnit.Seconds, value=seconds)
    logger.info("decided", extra={"application_id": application_id, "state": application.state, "seconds": seconds})


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=decide, processor=processor, context=context)
