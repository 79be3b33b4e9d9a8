"""The queue `payments`: money that a rail says has come, booked on the loan that it names; news of mandates, debits."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from shared import wiring
from shared.application.hear_mandate_news import hear_mandate_news
from shared.application.hear_merchant_refund import hear_merchant_refund
from shared.application.return_repayment import return_repayment
from shared.application.settle_repayment import settle_repayment
from shared.runtime import now

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]


def settle(record: SQSRecord) -> None:
    pk = record.json_body["pk"]
    mandate = wiring.rail_events().mandate(pk)
    if mandate is not None:
        if hear_mandate_news(mandate, loans=wiring.loans()):
            logger.info("mandate", extra={"type": mandate.type, "reference": mandate.reference})
            return
        logger.error("mandate_news_unmatched", extra={"event": pk, "type": mandate.type})
        metrics.add_metric(name="MoneyUnexplained", unit=MetricUnit.Count, value=1)
        return
    told = wiring.rail_events().payment(pk)
    if told.type == "refund.received":
        loan_id = hear_merchant_refund(told, wiring.new_id("pout"), now(), loans=wiring.loans())
    elif told.type == "payment.returned":
        loan_id = return_repayment(told, now(), loans=wiring.loans())
    else:
        loan_id = settle_repayment(told, wiring.new_id("pout"), now(), loans=wiring.loans())
    if loan_id is None:
        # It is held, and the desk shows it; somebody must look all the same.
        logger.error("payment_unmatched", extra={"event": pk})
        metrics.add_metric(name="MoneyUnexplained", unit=MetricUnit.Count, value=1)
        return
    logger.info("settled", extra={"loan_id": loan_id, "reference": told.reference})


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=settle, processor=processor, context=context)
