"""Waiting for what happens by itself."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from infra.local.client import PATIENCE_SECONDS
from infra.local.deploy import STACK
from infra.local.outside import Outside

T = TypeVar("T")


def until(what: str, read: Callable[[], T], is_so: Callable[[T], bool], seconds: float = PATIENCE_SECONDS) -> T:
    """What is read once it is so."""
    deadline = time.monotonic() + seconds
    while not is_so(found := read()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}; at last it was {found}"
        time.sleep(0.1)
    return found


@contextmanager
def redelivered(outside: Outside, queue: str, seconds: int) -> Iterator[None]:
    """What nobody finishes of this queue's messages comes again after so long."""
    sqs = outside.cloud.client("sqs")
    [url] = [url for url in sqs.list_queues()["QueueUrls"] if f"{STACK}-{queue}Queue" in url]
    name = "VisibilityTimeout"
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={name: str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: before[name]})
