"""Queues between doors. A message that fails too often is kept, with an alarm, and never dropped."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.excuses import excuse
from infra.function import Door
from infra.settings import Stage

TRIES = 5
# A payout's message comes again until the rail has an answer: for two hours, at three minutes each on AWS.
TRIES_WHILE_A_RAIL_THINKS = 40
# What a decision calls may be down for half an hour, at three minutes each on AWS, before its message is given up. More
# would keep alive what can never be decided, which comes again by itself anyway.
TRIES_OF_A_DECISION = 10
BATCH = 5


class Work(Construct):
    """A queue with its dead letters. A batch answers for each of its messages alone.

    `at_once` is how many calls there may be at a time, unless the stage carries fewer. A call gets up to `batch`
    messages.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        tries: int = TRIES,
        at_once: int,
        batch: int = BATCH,
    ) -> None:
        super().__init__(scope, name)
        self.at_once, self.batch = min(at_once, stage.workers or at_once), batch
        self.dead_letters = kept(self, "DeadLetters", stage)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            visibility_timeout=cdk.Duration.seconds(stage.redelivery_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=tries),
        )

    def sent_by(self, door: Door) -> None:
        door.may(["sqs:SendMessage"], self.queue.queue_arn)

    def done_by(self, door: Door) -> None:
        door.may(
            [
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:GetQueueAttributes",
            ],
            self.queue.queue_arn,
        )
        delivery = lambda_.EventSourceMapping(
            self,
            "Delivery",
            target=door.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=self.batch,
            max_concurrency=self.at_once,
            report_batch_item_failures=True,
        )
        excuse(
            delivery,
            {"Serverless-LambdaEventSourceMappingDestination": "SQS keeps failures in the queue's own dead letters."},
        )


def over_tls(stack: cdk.Stack) -> None:
    """Nobody reaches a queue of the stack in the clear. A policy for each would count against its 500 resources."""
    refused = iam.PolicyStatement(
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["sqs:*"],
        resources=["*"],
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
    queues = [each.queue_url for each in stack.node.find_all() if isinstance(each, sqs.Queue)]
    sqs.CfnQueuePolicy(stack, "QueuesOverTls", queues=queues, policy_document=iam.PolicyDocument(statements=[refused]))


def kept(scope: Construct, name: str, stage: Stage) -> sqs.Queue:
    """A queue for what nobody could handle: it keeps for 14 days, as long as SQS can."""
    queue = sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=cdk.Duration.days(14),
    )
    reason = "This queue is where dead letters go; an alarm watches it."
    excuse(queue, {"AwsSolutions-SQS3": reason, "Serverless-SQSRedrivePolicy": reason})
    return queue
