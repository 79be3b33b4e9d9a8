"""A message that is put off comes again later, and to nobody before."""

from typing import Any

from shared.adapters.queue import Queue


def test_a_message_that_is_put_off_is_nobodys_for_so_long(aws: Any) -> None:
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="payouts", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert sqs.receive_message(QueueUrl=url)["Messages"], "it would come again at once"
    Queue(sqs, url).put_off(message["ReceiptHandle"], 3600)

    assert "Messages" not in sqs.receive_message(QueueUrl=url)
