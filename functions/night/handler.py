"""The schedule of a market's night: its run is begun, and its shards are given to the sweeps."""

from typing import Any

from aws_lambda_powertools import Logger

from shared import wiring
from shared.application.start_night import start_night
from shared.runtime import now

logger = Logger()


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    run = start_night(event["market"], now(), runs=wiring.runs(), sweeps=wiring.sweep_queue())
    told = {"market": run.market, "on": run.on.isoformat()}
    logger.info("night_started", extra=told)
    return told
