"""Counts that wake somebody, in the embedded format that CloudWatch reads from a function's log."""

import json
import os
import sys
import time


def counted(name: str) -> None:
    """One more of `name`, under the service that all functions of the stage have in common."""
    told = {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Minnow"),
                    "Dimensions": [["service"]],
                    "Metrics": [{"Name": name, "Unit": "Count"}],
                }
            ],
        },
        "service": os.environ.get("POWERTOOLS_SERVICE_NAME", "minnow"),
        name: 1,
    }
    # Only a line that is nothing but JSON is read as a metric; a logger would put its own words before it.
    sys.stdout.write(f"{json.dumps(told)}\n")
