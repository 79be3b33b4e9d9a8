"""A bucket of what is about people: under a key of its own, versioned, closed to everybody, and it logs who looked."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.removal import removal_of
from infra.settings import Stage


def private_bucket(
    scope: Construct,
    name: str,
    *,
    stage: Stage,
    key: kms.Key,
    rules: list[s3.LifecycleRule],
    log: s3.IBucket,
    log_prefix: str | None = None,
) -> s3.Bucket:
    """`rules` say when what is in it goes; `log` keeps who asked for what, under `log_prefix`."""
    return s3.Bucket(
        scope,
        "Bucket",
        bucket_name=name,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=stage.requires_tls,
        versioned=True,
        lifecycle_rules=rules,
        server_access_logs_bucket=log,
        server_access_logs_prefix=log_prefix,
        removal_policy=removal_of(stage),
    )
