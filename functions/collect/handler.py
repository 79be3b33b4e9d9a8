"""The schedules of a market's debits, in the hours in which a bank may be asked: each shard is given to a sweep."""

from typing import Any

from aws_lambda_powertools import Logger

from shared import wiring
from shared.application.start_sweeps import start_sweeps
from shared.runtime import now

logger = Logger()


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    on = start_sweeps("debits", event["market"], now(), sweeps=wiring.sweep_queue())
    told = {"market": event["market"], "on": on.isoformat()}
    logger.info("debits_started", extra=told)
    return told
