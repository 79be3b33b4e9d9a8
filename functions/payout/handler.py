"""The queue `payouts`: orders to send to their rail, money to send back, and what rails tell about both.

An order's message stays until its payout is over: it is delivered again, and each time the rail is asked. A refund to
an account that takes no money yet is put off for some hours.
"""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from shared import wiring
from shared.application.check_book import is_book_right
from shared.application.hear_payout_news import hear_payout_news
from shared.application.send_payout import send_payout
from shared.application.send_refund import hear_refund, send_refund
from shared.domain.errors import Unavailable
from shared.domain.held import HeldPayment
from shared.domain.payouts import NOT_OWED
from shared.runtime import now

# A refund that waits for a changed account is looked at again: 40 times are ten days, then it is a person's.
WAIT_SECONDS = 6 * 3600

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]


def work(record: SQSRecord) -> None:
    pk = record.json_body["pk"]
    if pk.startswith("held_"):
        back(send_refund(pk, loans=wiring.loans(), rails=wiring.rail))
        return
    if pk.startswith("rail#") and (news := wiring.rail_events().refund(pk)) is not None:
        back(hear_refund(news, loans=wiring.loans()))
        return
    if pk.startswith("rail#"):
        told = wiring.rail_events().payout(pk)
        payout = hear_payout_news(told, wiring.new_id("pout"), now(), loans=wiring.loans())
        if payout is None:
            logger.error("payout_news_unmatched", extra={"event": pk, "type": told.type})
            metrics.add_metric(name="MoneyUnexplained", unit=MetricUnit.Count, value=1)
    else:
        people, new_id = wiring.borrowers("payout"), wiring.new_id("pout")
        payout = send_payout(pk, new_id, now(), loans=wiring.loans(), borrowers=people, rails=wiring.rail)
    if payout is None:
        return
    logger.info("payout", extra={"payout_id": payout.payout_id, "state": payout.state})
    if payout.state in ("failed", "returned") and payout.reason != NOT_OWED:
        metrics.add_metric(name="PayoutsFailed", unit=MetricUnit.Count, value=1)
    if payout.is_open and payout.state == "pending":
        wiring.payouts_queue().put_off(record.receipt_handle, WAIT_SECONDS)
    if payout.is_open:
        raise Unavailable("temporarily_unavailable", "The payout is not over yet; the rail is asked again later.")
    if not is_book_right(payout.loan_id, loans=wiring.loans()):
        metrics.add_metric(name="BookUnbalanced", unit=MetricUnit.Count, value=1)


def back(held: HeldPayment | None) -> None:
    """What has become of held money that goes back to where it came from."""
    if held is None:
        logger.error("refund_news_unmatched")
        metrics.add_metric(name="MoneyUnexplained", unit=MetricUnit.Count, value=1)
        return
    logger.info("refund", extra={"held_id": held.held_id, "state": held.state, "reason": held.refund_reason})
    if held.state == "held":
        metrics.add_metric(name="PayoutsFailed", unit=MetricUnit.Count, value=1)
    if held.is_going_back:
        raise Unavailable("temporarily_unavailable", "The refund is not over yet; the rail is asked again later.")


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=work, processor=processor, context=context)
