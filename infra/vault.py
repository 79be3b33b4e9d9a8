"""The keys of personal fields: one that seals and opens them, and one for what is looked up by value."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_kms as kms

from infra.function import Door
from infra.removal import removal_of
from infra.settings import Stage


def keys(stack: cdk.Stack, *, stage: Stage, doors: Mapping[str, Door]) -> None:
    """Personal fields are sealed with keys that this key opens: `borrower` seals, `renew` seals anew, others read."""
    vault = kms.Key(
        stack,
        "Vault",
        description=f"Minnow {stage.name}: sealed fields of borrowers",
        enable_key_rotation=True,
        removal_policy=removal_of(stage),
    )
    index = kms.Key(
        stack,
        "Index",
        description=f"Minnow {stage.name}: keyed hashes of what is looked up by value",
        key_spec=kms.KeySpec.HMAC_256,
        key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
        removal_policy=removal_of(stage),
    )
    for name in ("borrower", "renew"):
        doors[name].may(["kms:GenerateDataKey", "kms:Decrypt"], vault.key_arn)
        doors[name].knows(vault_key=vault.key_arn)
    for name in ("score", "payout", "rights", "credit_file", "desk_models"):
        doors[name].may(["kms:Decrypt"], vault.key_arn)
        doors[name].knows(vault_key=vault.key_arn)
    for name in ("identity", "sign_in", "provider", "phone", "borrower"):
        doors[name].may(["kms:GenerateMac"], index.key_arn)
        doors[name].knows(index_key=index.key_arn)
