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
    told = {"market": event["market"]}
    if watch_night(event["market"], now(), runs=wiring.runs(), index=wiring.work_index("work")):
        logger.info("night_finished", extra=told)
        return {**told, "is_finished": True}
    logger.error("night_unfinished", extra=told)
    metrics.add_metric(name="NightUnfinished", unit=MetricUnit.Count, value=1)
    return {**told, "is_finished": False}
