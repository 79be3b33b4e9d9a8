"""The schedule of a market's credit file: begun when its reference date is over, written when all its lines are there.

The only door that knows who a borrower is and what his record says.
"""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared import wiring
from shared.application.build_credit_file import build_credit_file, is_late
from shared.runtime import now

# Writing a part takes a few seconds at most; what there is no time for is written at the next call.
PART_MS = 5_000

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    at = now()
    run = build_credit_file(
        event["market"],
        at,
        lambda: context.get_remaining_time_in_millis() > PART_MS,
        files=wiring.credit_files(),
        store=wiring.file_store(),
        queue=wiring.files_queue(),
        borrowers=wiring.borrowers("credit_file"),
    )
    metrics.add_metric(name="CreditFileLate", unit=MetricUnit.Count, value=int(is_late(run, at)))
    told = {"market": run.market, "file": run.name, "is_finished": run.finished_at is not None}
    logger.info("credit_file", extra=told)
    return told
