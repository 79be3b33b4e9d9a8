"""The schedules of a market's reminders, in its contact hours: each shard of their index is given to a sweep."""

from typing import Any

from aws_lambda_powertools import Logger

from shared import wiring
from shared.application.start_sweeps import start_sweeps
from shared.runtime import now

logger = Logger()


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    on = start_sweeps("notices", event["market"], now(), sweeps=wiring.sweep_queue())
    told = {"market": event["market"], "on": on.isoformat()}
    logger.info("reminders_started", extra=told)
    return told
