"""Work to do, as messages in the queue of its task."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tasks:
    """`queues` by task; `parking` takes what nobody can make sense of, for a person to look at."""

    sqs: Any
    queues: Mapping[str, str]
    parking: str

    def send(self, task: str, pk: str, sk: str, borrower_id: str | None) -> None:
        """A message may be sent twice: whoever does the work looks first whether it is done.

        It says whose the item is where the item says so, so that both can be read at once.
        """
        body = json.dumps({"task": task, "pk": pk, "sk": sk} | ({"borrower_id": borrower_id} if borrower_id else {}))
        self.sqs.send_message(QueueUrl=self.queues.get(task, self.parking), MessageBody=body)
