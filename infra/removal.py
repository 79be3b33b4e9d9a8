"""What becomes of data when its resource leaves the stack."""

import aws_cdk as cdk

from infra.settings import Stage


def removal_of(stage: Stage) -> cdk.RemovalPolicy:
    """Outside a sandbox nothing that holds data goes with its stack, unless creating it has just failed."""
    return cdk.RemovalPolicy.DESTROY if stage.is_sandbox else cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
