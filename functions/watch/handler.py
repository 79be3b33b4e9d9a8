"""The schedule that asks whether a market's night is finished: until it is, each look wakes somebody."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared import wiring
from shared.application.watch_night import watch_night
from shared.runtime import now

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    is_finished = watch_night(event["market"], now(), runs=wiring.runs(), index=wiring.work_index("work"))
    told = {"market": event["market"], "is_finished": is_finished}
    metrics.add_metric(name="NightUnfinished", unit=MetricUnit.Count, value=int(not is_finished))
    logger.info("night_watched", extra=told)
    return told
