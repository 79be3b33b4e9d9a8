"""A queue into which many messages are put at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.adapters.table import plain
from shared.domain.errors import Unavailable

# What SQS takes in one request.
AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Queue:
    sqs: Any
    url: str

    def put_off(self, receipt: str, seconds: int) -> None:
        """A message that is being handled, and fails, comes again after so many seconds, twelve hours at most."""
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=seconds)

    def send(self, things: Sequence[Any], after_seconds: int = 0) -> None:
        """Each thing, a dataclass, as one message. Any may be sent twice, since some may be sent before it fails.

        Raises `Unavailable` when the queue did not take all.
        """
        for start in range(0, len(things), AT_ONCE):
            entries = [
                {
                    "Id": str(number),
                    "MessageBody": json.dumps(plain(thing), separators=(",", ":")),
                    "DelaySeconds": after_seconds,
                }
                for number, thing in enumerate(things[start : start + AT_ONCE])
            ]
            if self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries).get("Failed"):
                raise Unavailable("temporarily_unavailable", "The queue did not take all messages.")
