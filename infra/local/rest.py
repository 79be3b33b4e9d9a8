"""Knowing that nothing is under way on a stage any more.

What was written is relayed, every queue of work is empty, and no rail has anything left to tell. Then whoever turns the
clock, or looks whether nothing has happened, does so with nobody else at work. A message that is delayed is not under
way; what S3 or a pool of users calls by itself is not seen.
"""

import time
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

import urllib3

from infra.local.client import PATIENCE_SECONDS, TooLate
from infra.local.cloud import Cloud
from infra.local.deploy import Outputs

# A task that no queue is for: its message goes to the parking queue, behind everything that was written before it.
MARK = "mark"
# What a record of the stream bears that somebody is told of, or has to work.
RELAYED = ("task", "tells")
WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Rest:
    """`rails` are the addresses of the rails."""

    cloud: Cloud
    outputs: Outputs
    rails: tuple[str, ...]

    def wait(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Until nothing is under way. Raises `TooLate`, and says what still was."""
        deadline = time.monotonic() + seconds
        while busy := self.busy(deadline):
            if time.monotonic() > deadline:
                raise TooLate(f"Waited {seconds:.0f} s until nothing is under way; at last there was {busy}.")
            time.sleep(POLL_SECONDS)

    def busy(self, deadline: float) -> list[str]:
        """Where something is under way.

        Whatever is written while this looks, and is to be relayed, is found at the end: so a message that was done
        between two looks hides nothing that came of it.
        """
        if found := self._at_work():
            return found
        since = self._end_of_stream()
        self._relay_all(deadline)
        return self._at_work() or (["the stream"] if self._written(since) else [])

    def _at_work(self) -> list[str]:
        rails = [f"{url}/sandbox/under-way" for url in self.rails]
        busy = [url for url in rails if urllib3.request("GET", url, timeout=PATIENCE_SECONDS).json()["under_way"]]
        return busy + [url.rpartition("/")[2] for url in _queues(self.cloud) if self._held(url)]

    def _held(self, url: str) -> int:
        """How many messages wait in a queue or are in somebody's hands."""
        asked = {"QueueUrl": url, "AttributeNames": list(WAITING)}
        found = self.cloud.client("sqs").get_queue_attributes(**asked)["Attributes"]
        return sum(int(found[name]) for name in WAITING)

    def _relay_all(self, deadline: float) -> None:
        """The stream is read in its order: what is written now is relayed after all that was written before."""
        key = {"pk": {"S": MARK}, "sk": {"S": f"{MARK}#{uuid4()}"}}
        table = {"TableName": self.outputs.loans_table}
        self.cloud.client("dynamodb").put_item(**table, Item=key | {"task": {"S": MARK}})
        while not self._is_parked(key["sk"]["S"]):
            if time.monotonic() > deadline:
                raise TooLate("What was written is not relayed; see the log of the function `relay`.")
        self.cloud.client("dynamodb").delete_item(**table, Key=key)

    def _is_parked(self, mark: str) -> bool:
        sqs, queue = self.cloud.client("sqs"), {"QueueUrl": self.outputs.parking_queue}
        found = sqs.receive_message(**queue, MaxNumberOfMessages=10, VisibilityTimeout=1, WaitTimeSeconds=1)
        for message in found.get("Messages", ()):
            if mark in message["Body"]:
                sqs.delete_message(**queue, ReceiptHandle=message["ReceiptHandle"])
                return True
        return False

    def _end_of_stream(self) -> str:
        streams, arn = self.cloud.client("dynamodbstreams"), _stream(self.cloud, self.outputs.loans_table)
        [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        asked = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "LATEST"}
        return str(streams.get_shard_iterator(**asked)["ShardIterator"])

    def _written(self, since: str) -> bool:
        """Whether anything but our own mark was."""
        records = self.cloud.client("dynamodbstreams").get_records(ShardIterator=since)["Records"]
        changes = [record["dynamodb"] for record in records]
        others = [change.get("NewImage", {}) for change in changes if change["Keys"]["pk"]["S"] != MARK]
        return any(name in image for image in others for name in RELAYED)


@cache
def _queues(cloud: Cloud) -> list[str]:
    """Those that work is taken from, the sweeps' first, whose messages become others in the rest."""
    sqs = cloud.client("sqs")
    asked = {"AttributeNames": ["RedrivePolicy"]}
    urls = [
        url
        for url in sqs.list_queues()["QueueUrls"]
        if "RedrivePolicy" in sqs.get_queue_attributes(QueueUrl=url, **asked).get("Attributes", {})
    ]
    return sorted(urls, key=lambda url: "Sweep" not in url)


@cache
def _stream(cloud: Cloud, table: str) -> str:
    return str(cloud.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"])
