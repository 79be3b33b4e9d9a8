"""The schedule of a market's erasures: borrowers whose day it is, and papers that wait too long for a person."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared import identity, wiring
from shared.application.erase_borrower import Places, erase_due
from shared.application.keep_data import Ties
from shared.application.review_document import Books, end_reviews
from shared.domain.errors import Unavailable
from shared.runtime import now

# What one erasure may take at most before the call ends: the others stay listed for the next call.
ONE_MS = 3_000

logger = Logger()
metrics = Metrics()


def ties() -> Ties:
    return Ties(wiring.loans(), wiring.applications(), wiring.disputes(), identity.sessions())


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    places = Places(
        people=wiring.people(),
        ties=ties(),
        erasures=identity.erasures(),
        files=identity.document_files(),
        accounts=identity.accounts(),
    )
    books = Books(places.people, wiring.loans_table())

    def has_time() -> bool:
        return bool(context.get_remaining_time_in_millis() > ONE_MS)

    ended, late = end_reviews(event["market"], now(), has_time, papers=identity.paper_list(), books=books)
    metrics.add_metric(name="ReviewsOverdue", unit=MetricUnit.Count, value=late)
    looked, failed = erase_due(event["market"], now(), has_time, places=places)
    told = {"market": event["market"], "looked": looked, "failed": failed, "reviews_ended": ended, "late": late}
    logger.info("erasures", extra=told)
    if failed:
        raise Unavailable("temporarily_unavailable", "Not everybody whose day it was could be erased.")
    return told
