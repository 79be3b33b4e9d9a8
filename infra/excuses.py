"""Exceptions to the rules that cdk-nag checks, each with its reason, said beside the resource that needs it."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import IConstruct


def excuse(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """`reasons` maps a rule's id, with its finding where it has one, to why it does not apply to this construct."""
    for rule, reason in reasons.items():
        pack = rule.partition("-")[0]
        cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=f"{pack}::{rule}", reason=reason))
