"""Borrowers' data keys made anew, as an operator asks: `python -m infra.renewal` calls it with some at a time."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import AwareDatetime, TypeAdapter

from shared import wiring
from shared.application.renew_keys import renew_keys
from shared.runtime import now

# What a borrower may take; the others are asked for again, and so is who takes longer.
ONE_MS = 3_000

logger = Logger()
borrowers = TypeAdapter[list[str]](list[str])
instant = TypeAdapter[datetime](AwareDatetime)


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """`borrower_ids`, and `before`: keys from then on stay. The same again does what is left."""
    asked, before = borrowers.validate_python(event["borrower_ids"]), instant.validate_python(event["before"])

    def has_time() -> bool:
        return bool(context.get_remaining_time_in_millis() > ONE_MS)

    told, failed = renew_keys(asked, before, now(), has_time, borrowers=wiring.borrowers("renew"))
    logger.info("keys_renewed", extra={**told, "failed_ids": failed})
    return told
