"""The queue `notices`: loans with something to tell, found by a sweep, or of which a payment was just booked; and
borrowers who signed in on a new device, whose paper a person looks at, or who are to be told something else.

A message that comes again is taken apart, since somewhere in it is a loan that failed: alone, that one goes to the
dead letters, and the others are done.
"""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from shared import identity, wiring
from shared.application.attend_loan import attend_loan
from shared.application.keep_case import keep_case
from shared.application.tell_borrower import tell_borrower
from shared.application.tell_loan import Post
from shared.application.tell_paper import tell_paper
from shared.application.tell_sign_in import tell_sign_in
from shared.domain.documents import PaperWaits
from shared.domain.night import Batch, Task
from shared.domain.sessions import SignedIn
from shared.domain.telling import FAILED, TO_TELL, Telling
from shared.runtime import now

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)  # type: ignore[arg-type]


message = TypeAdapter[Batch | Task | SignedIn | PaperWaits](Batch | Task | SignedIn | PaperWaits)


def notify(record: SQSRecord) -> None:
    asked = message.validate_json(record.body)
    if isinstance(asked, SignedIn):
        signed_in(asked)
        return
    if isinstance(asked, PaperWaits):
        waits(asked)
        return
    if isinstance(asked, Task) and asked.sk.startswith(TO_TELL):
        tell(asked)
        return
    batch = Batch(now().date(), (asked.pk,)) if isinstance(asked, Task) else asked
    comes_again = int(record.attributes.approximate_receive_count) > 1
    if comes_again and len(batch.loan_ids) > 1:
        wiring.notices_queue().send(batch.apart())
        logger.warning("taken_apart", extra={"loans": len(batch.loan_ids)})
        return
    post = Post(wiring.notices(), wiring.people(), wiring.partners(), wiring.channels(), wiring.app_url())
    tried = list[Telling]()
    for loan_id in batch.loan_ids:
        # Where it fails, the processor's line says which loan it was.
        logger.append_keys(loan_id=loan_id)
        keep_case(loan_id, now(), loans=wiring.loans())
        told = attend_loan(loan_id, now(), loans=wiring.loans(), post=post)
        tried += told.tried
        if not told.is_book_right:
            logger.error("book_unbalanced")
            metrics.add_metric(name="BookUnbalanced", unit=MetricUnit.Count, value=1)
    logger.remove_keys(["loan_id"])
    failed = sum(telling.state == FAILED for telling in tried)
    logger.info("told", extra={"loans": len(batch.loan_ids), "notices": len(tried) - failed, "failed": failed})
    if failed:
        metrics.add_metric(name="NoticesFailed", unit=MetricUnit.Count, value=failed)


def tell(asked: Task) -> None:
    """What belongs to no loan; what could not be told comes again."""
    notices, people, channels = wiring.borrower_notices(), wiring.people(), wiring.channels()
    wanted = notices.wanted(asked.pk, asked.sk)
    told = tell_borrower(asked.pk, wanted, now(), notices=notices, people=people, channels=channels)
    logger.info("borrower_told", extra={"kind": told.kind if told else None})


def waits(asked: PaperWaits) -> None:
    told = tell_paper(
        asked, now(), notices=wiring.borrower_notices(), people=wiring.people(), channels=wiring.channels()
    )
    logger.info("paper_waits", extra={"document_id": asked.document_id, "is_told": told is not None})


def signed_in(asked: SignedIn) -> None:
    is_told = tell_sign_in(
        asked.borrower_id,
        asked.session_id,
        now(),
        sessions=identity.sessions(),
        notices=wiring.borrower_notices(),
        people=wiring.people(),
        channels=wiring.channels(),
    )
    logger.info("new_device", extra={"borrower_id": asked.borrower_id, "is_told": is_told})


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event=event, record_handler=notify, processor=processor, context=context)
