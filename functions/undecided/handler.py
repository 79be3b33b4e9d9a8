"""The schedule of every five minutes: applications of a market that nobody has decided go to the scorer once more."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared import wiring
from shared.application.send_again import send_again
from shared.runtime import now

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    done = send_again(event["market"], now(), applications=wiring.applications(), scorer=wiring.score_queue())
    metrics.add_metric(name="ApplicationsUndecided", unit=MetricUnit.Count, value=done.late)
    told = {"market": event["market"], **asdict(done)}
    if done.sent:
        logger.info("sent_again", extra=told)
    return told
