"""Brings messages that failed too often back to the queues they came from.

On AWS that is `aws sqs start-message-move-task`, which the local cloud does not have.
"""

import json
from typing import Any

from infra.local.cloud import Cloud


def redrive(cloud: Cloud) -> dict[str, int]:
    """How many messages came back, by the name of their queue. They start anew, with all their tries."""
    sqs = cloud.client("sqs")
    moved = {}
    for queue in sqs.list_queues().get("QueueUrls", []):
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"]).get("Attributes", {})
        if "RedrivePolicy" in found:
            arn = json.loads(found["RedrivePolicy"])["deadLetterTargetArn"]
            dead = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
            moved[queue.rpartition("/")[2]] = _move(sqs, dead, queue)
    return moved


def _move(sqs: Any, dead: str, queue: str) -> int:
    """A message is deleted after it was sent: cut off between the two, it is there twice and worked once."""
    moved = 0
    while messages := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved
