"""AWS clients with bounded retries and time-outs; botocore's own defaults wait up to 25 seconds for DynamoDB."""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# A service refused, or did not answer.
AWS_ERRORS = (ClientError, BotoCoreError)
BOUNDED = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent_extra="minnow",
)


@cache
def client(service: str, config: Config = BOUNDED) -> Any:
    """One client per service and process, made at its first use so that a cold start pays only for what it calls."""
    return botocore.session.get_session().create_client(service, config=config)
