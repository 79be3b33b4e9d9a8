"""The schedule that asks whether a market's night is finished, and what waits too long for a person to decide."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared import wiring
from shared.application.watch_night import watch_night
from shared.application.watch_reviews import watch_reviews
from shared.runtime import now

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    is_finished = watch_night(event["market"], now(), runs=wiring.runs(), index=wiring.work_index("work"))
    overdue = watch_reviews(event["market"], now(), applications=wiring.applications())
    metrics.add_metric(name="ReviewsOverdue", unit=MetricUnit.Count, value=overdue)
    told = {"market": event["market"], "is_finished": is_finished}
    metrics.add_metric(name="NightUnfinished", unit=MetricUnit.Count, value=int(not is_finished))
    logger.info("night_watched", extra=told)
    return told
