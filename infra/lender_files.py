"""The bucket of what lenders are given: their settled days, and their book when they wind down. Under its own key."""

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

# As long as books of account are kept (the lender's own duty): ten years.
DAYS = 3_653
SETTLEMENTS, TRANSFERS = "settlements/*", "transfers/*"
NEW_KEYS = "Each day of each lender has files of its own, named after it."


class LenderFiles(Construct):
    def __init__(self, scope: Construct, *, stage: Stage, log: s3.IBucket) -> None:
        super().__init__(scope, "LenderFiles")
        stack = cdk.Stack.of(self)
        self.name = f"minnow-lenders-{stage.name}-{stack.account}-{stack.region}"
        self.key = kms.Key(
            self,
            "Key",
            description=f"Minnow {stage.name}: files for lenders",
            enable_key_rotation=True,
            removal_policy=removal_of(stage),
        )
        gone = s3.LifecycleRule(expiration=cdk.Duration.days(DAYS), noncurrent_version_expiration=cdk.Duration.days(30))
        self.bucket = private_bucket(
            self, self.name, stage=stage, key=self.key, rules=[gone], log=log, log_prefix="lender-files/"
        )

    def given_to(self, doors: Mapping[str, Door], *, loans: Book, lines: Work) -> None:
        """One door writes settled days, one writes books that are handed over, and neither sees any again; a third asks
        for books, and gives links to staff. `lines` is the queue in which loans are found and worked for files."""
        self.written_by(doors["reconcile"], SETTLEMENTS)
        self.written_by(doors["report"], TRANSFERS)
        self.read_by(doors["desk_money"])
        for door in (doors["report"], doors["desk_money"]):
            loans.written_by(door, "transfer#*")
        lines.sent_by(doors["relay"])
        doors["relay"].knows(files_queue=lines.queue.queue_url)

    def written_by(self, door: Door, objects: str) -> None:
        door.may(["s3:PutObject"], f"arn:aws:s3:::{self.name}/{objects}", because=NEW_KEYS)
        door.may(["kms:GenerateDataKey", "kms:Decrypt"], self.key.key_arn)
        door.knows(lenders_bucket=self.name)

    def read_by(self, door: Door) -> None:
        door.may(["s3:GetObject"], f"arn:aws:s3:::{self.name}/*", because=NEW_KEYS)
        door.may(["s3:ListBucket"], f"arn:aws:s3:::{self.name}")
        door.may(["kms:Decrypt"], self.key.key_arn)
        door.knows(lenders_bucket=self.name)
