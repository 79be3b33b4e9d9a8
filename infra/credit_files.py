"""The bucket of finished credit files, under a key of its own: one door writes them, and none reads what is in them."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.books import Book
from infra.buckets import private_bucket
from infra.function import Door
from infra.queues import Work
from infra.removal import removal_of
from infra.settings import Stage

# Whoever sends files takes them from here by then; the lines they were made of stay in the loans book.
DAYS = 400
# Ten calls report about 200 loans a second, and leave calls and units to the day.
REPORTERS = 10
NEW_KEYS = "Each part of each file has a key of its own, named after its reference date."


class CreditFiles(Construct):
    def __init__(self, scope: Construct, *, stage: Stage, log: s3.IBucket) -> None:
        super().__init__(scope, "CreditFiles")
        self.lines = Work(self, "Lines", stage=stage, at_once=REPORTERS)
        stack = cdk.Stack.of(self)
        self.name = f"minnow-credit-{stage.name}-{stack.account}-{stage.region}"
        self.key = kms.Key(
            self,
            "Key",
            description=f"Minnow {stage.name}: credit files",
            enable_key_rotation=True,
            removal_policy=removal_of(stage),
        )
        gone = s3.LifecycleRule(expiration=cdk.Duration.days(DAYS), noncurrent_version_expiration=cdk.Duration.days(30))
        self.bucket = private_bucket(
            self, self.name, stage=stage, key=self.key, rules=[gone], log=log, log_prefix="credit-files/"
        )

    def built_by(self, doors: Mapping[str, Door], *, loans: Book, people: Book) -> None:
        """A schedule has a file begun, `report` writes its lines, and `credit_file` adds who the borrowers are."""
        build, report = doors["credit_file"], doors["report"]
        for sender in (build, report):
            self.lines.sent_by(sender)
            sender.knows(files_queue=self.lines.queue.queue_url)
        self.lines.done_by(report)
        # A sweep that goes on by a message to itself moves ahead each time, and its index has an end.
        report.may_call_itself()
        loans.swept_by(report, "files")
        loans.written_by(report, "credit#*", "reported#*")
        loans.read_by(report, "loan_*", "brw_*", "dsp_*")
        loans.written_by(build, "credit#*")
        people.read_by(build, "brw_*")
        people.written_by(build, "openings#*")
        self._written_by(build)

    def _written_by(self, door: Door) -> None:
        """It sees which parts there are, and never reads one again."""
        door.may(["s3:PutObject"], f"arn:aws:s3:::{self.name}/*", because=NEW_KEYS)
        door.may(["s3:ListBucket"], f"arn:aws:s3:::{self.name}")
        door.may(["kms:GenerateDataKey", "kms:Decrypt"], self.key.key_arn)
        door.knows(credit_bucket=self.name)
