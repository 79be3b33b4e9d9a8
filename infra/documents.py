"""The KYC bucket: papers of borrowers, under a key of its own; each object that arrives opens a door."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.buckets import private_bucket
from infra.excuses import excuse
from infra.function import Door
from infra.removal import removal_of
from infra.settings import Stage

PREFIX = "documents/"
# What was accepted, written by the door that checks and by nobody from outside.
KEPT = "accepted/"
# As long as an arrival that could not be checked waits for the operators.
ARRIVAL_DAYS = 14
NEW_KEYS = "Each document has a key of its own under this prefix, made when it is uploaded."


class Documents(Construct):
    """The bucket has a name of its own making, so that the door's role and permission can name it before it exists.

    It needs no custom resource for its notification, as CDK's own construct would.
    """

    def __init__(self, scope: Construct, *, stage: Stage, checked_by: Door) -> None:
        super().__init__(scope, "Documents")
        stack = cdk.Stack.of(self)
        self.name = f"minnow-kyc-{stage.name}-{stack.account}-{stage.region}"
        self.objects, self.kept = (f"arn:aws:s3:::{self.name}/{prefix}*" for prefix in (PREFIX, KEPT))
        self.key = kms.Key(
            self,
            "Key",
            description=f"Minnow {stage.name}: KYC documents",
            enable_key_rotation=True,
            removal_policy=removal_of(stage),
        )
        self.log = self._access_log(stage)
        rules = [
            s3.LifecycleRule(
                abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                noncurrent_version_expiration=cdk.Duration.days(30),
            ),
            # What arrives may carry more than it shows; what is accepted is kept apart, made anew.
            s3.LifecycleRule(prefix=PREFIX, expiration=cdk.Duration.days(ARRIVAL_DAYS)),
        ]
        self.bucket = private_bucket(self, self.name, stage=stage, key=self.key, rules=rules, log=self.log)
        self._tell(checked_by)

    def uploaded_by(self, door: Door) -> None:
        """The door signs uploads in its own name, so it needs what the upload needs."""
        door.may(["s3:PutObject"], self.objects, because=NEW_KEYS)
        door.may(["kms:GenerateDataKey", "kms:Decrypt"], self.key.key_arn)
        door.knows(kyc_bucket=self.name, kyc_key=self.key.key_arn)

    def known_by(self, door: Door) -> None:
        """The door makes a key for what papers are compared with, and can open no other."""
        door.may(["kms:GenerateDataKey"], self.key.key_arn)
        door.knows(kyc_key=self.key.key_arn)

    def looked_at_by(self, door: Door) -> None:
        """The door signs links to what is kept in its own name, so it needs what the download needs."""
        door.may(["s3:GetObject", "s3:GetObjectVersion"], self.kept, because=NEW_KEYS)
        door.may(["kms:Decrypt"], self.key.key_arn)
        door.knows(kyc_bucket=self.name, kyc_key=self.key.key_arn)

    def checked_by(self, door: Door) -> None:
        """The door reads what arrives, and writes what it accepts where no upload can."""
        door.may(["s3:GetObject", "s3:GetObjectVersion"], self.objects, because=NEW_KEYS)
        door.may(["s3:PutObject"], self.kept, because=NEW_KEYS)
        door.may(["kms:GenerateDataKey", "kms:Decrypt"], self.key.key_arn)
        door.knows(kyc_bucket=self.name, kyc_key=self.key.key_arn)

    def erased_by(self, door: Door) -> None:
        """The door that removes every version of a borrower's papers, none of which it can read."""
        only = {"StringLike": {"s3:prefix": [f"{PREFIX}*", f"{KEPT}*"]}}
        door.may(["s3:ListBucketVersions"], f"arn:aws:s3:::{self.name}", only)
        for objects in (self.objects, self.kept):
            door.may(["s3:DeleteObjectVersion"], objects, because=NEW_KEYS)
        door.knows(kyc_bucket=self.name, kyc_key=self.key.key_arn)

    def _tell(self, door: Door) -> None:
        permission = lambda_.CfnPermission(
            self,
            "ObjectCreated",
            action="lambda:InvokeFunction",
            function_name=door.function.function_arn,
            principal="s3.amazonaws.com",
            source_account=cdk.Stack.of(self).account,
            source_arn=f"arn:aws:s3:::{self.name}",
        )
        plain = self.bucket.node.default_child
        assert isinstance(plain, s3.CfnBucket)
        plain.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            lambda_configurations=[
                s3.CfnBucket.LambdaConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    function=door.function.function_arn,
                    filter=s3.CfnBucket.NotificationFilterProperty(
                        s3_key=s3.CfnBucket.S3KeyFilterProperty(
                            rules=[s3.CfnBucket.FilterRuleProperty(name="prefix", value=PREFIX)]
                        )
                    ),
                )
            ]
        )
        plain.add_resource_dependency(permission)

    def _access_log(self, stage: Stage) -> s3.Bucket:
        log = s3.Bucket(
            self,
            "AccessLog",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=stage.requires_tls,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(365))],
            removal_policy=removal_of(stage),
        )
        excuse(log, {"AwsSolutions-S1": "This bucket is the access log of the other; its own would never end."})
        return log
