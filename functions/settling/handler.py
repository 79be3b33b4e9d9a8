"""The schedule of a market's settlements: days that are over are asked for, again while they wait or differ.

What is not explained wakes somebody at each start, until it is.
"""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared import wiring
from shared.application.start_settling import start_settling
from shared.runtime import now

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    standing = start_settling(
        event["market"],
        wiring.partners().of_market(event["market"]),
        now(),
        loans=wiring.loans(),
        days=wiring.settlements_queue(),
    )
    metrics.add_metric(name="DaysUnsettled", unit=MetricUnit.Count, value=standing.unsettled)
    metrics.add_metric(name="MinorUnexplained", unit=MetricUnit.Count, value=standing.unexplained)
    metrics.add_metric(name="DifferenceDays", unit=MetricUnit.Count, value=standing.oldest_days)
    metrics.add_metric(name="PayoutsLate", unit=MetricUnit.Count, value=standing.late_payouts)
    told = {"market": event["market"], **asdict(standing), "on": standing.on.isoformat()}
    logger.info("settling", extra=told)
    return told
