"""The loans book's stream: an item that was written with a `task` becomes a message in that task's queue.

So does one that `tells` somebody of it, beside its task.

A record that cannot be read is parked in a queue of its own, so that it never holds up the rest of its shard.
"""

from typing import Any

from aws_lambda_powertools import Logger

from shared import wiring

logger = Logger()


def handler(event: dict[str, Any], context: Any) -> None:
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage", {})
        for task in (image[name]["S"] for name in ("task", "tells") if name in image):
            borrower_id = image.get("borrower_id", {}).get("S")
            wiring.tasks().send(task, image["pk"]["S"], image["sk"]["S"], borrower_id)
    logger.info("relayed", extra={"records": len(event["Records"])})
