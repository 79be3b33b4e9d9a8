"""One Lambda function with every house default: a role and a log of its own, its package, its environment."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.excuses import excuse
from infra.removal import removal_of
from infra.settings import Stage

MEMORY_MB = 512
WORK_SECONDS = 30


class Door(Construct):
    """The function behind `functions/<door>/`. It may do nothing but log until `may` says so.

    `failures` is where an event goes that nobody waits for and that the function failed to handle.
    """

    def __init__(
        self,
        scope: Construct,
        door: str,
        *,
        stage: Stage,
        package: Path,
        seconds: int,
        failures: sqs.Queue | None = None,
    ) -> None:
        super().__init__(scope, door)
        name = f"minnow-{stage.name}-{door}"
        self.log = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/lambda/{name}",
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=removal_of(stage),
        )
        # Within the role: policies of their own would count against the 500 resources that a stack may have.
        self.powers = iam.PolicyDocument()
        lambdas = iam.ServicePrincipal("lambda.amazonaws.com")
        self.role = iam.Role(self, "Role", assumed_by=lambdas, inline_policies={"Powers": self.powers})
        self.may(["logs:CreateLogStream", "logs:PutLogEvents"], self.log.log_group_arn)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(str(package)),
            handler=f"functions.{door}.handler.handler",
            memory_size=MEMORY_MB,
            timeout=cdk.Duration.seconds(seconds),
            role=self.role,
            log_group=self.log,
            dead_letter_queue=failures,
            environment={
                "POWERTOOLS_SERVICE_NAME": f"minnow-{stage.name}",
                "POWERTOOLS_METRICS_NAMESPACE": "Minnow",
                # Said here, since a local cloud's own level reaches its functions otherwise.
                "POWERTOOLS_LOG_LEVEL": "INFO",
                # Looking for plugins reads every distribution's metadata at each cold start.
                "PYDANTIC_DISABLE_PLUGINS": "__all__",
            },
        )
        older = "Python 3.13 is the version that the packages are compiled and tested for."
        excuse(
            self.function,
            {
                "AwsSolutions-L1": older,
                "Serverless-LambdaLatestVersion": older,
                "Serverless-LambdaDLQ": "Who calls waits for the answer, or is a queue with dead letters of its own.",
                "Serverless-LambdaTracing": "Each call logs one line with its request id; spans would add cold start.",
            },
        )

    def may(
        self,
        actions: Sequence[str],
        resource: str,
        conditions: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        *,
        because: str | None = None,
    ) -> None:
        """Adds exactly these actions on this resource to the function's role; a wildcard needs a reason."""
        self.powers.add_statements(
            iam.PolicyStatement(actions=list(actions), resources=[resource], conditions=conditions)
        )
        if because:
            account = cdk.Stack.of(self).account
            shown = resource.replace(account, "<AWS::AccountId>") if cdk.Token.is_unresolved(account) else resource
            excuse(self.role, {f"AwsSolutions-IAM5[Resource::{shown}]": because})
            if resource == "*":
                excuse(self.role, {"Serverless-LambdaStarPermissions": because})

    def may_call_itself(self) -> None:
        """By way of a queue, and more often than the sixteen times after which Lambda would take it for a mistake."""
        made = self.function.node.default_child
        assert isinstance(made, lambda_.CfnFunction)
        made.recursive_loop = "Allow"

    def knows(self, **settings: str) -> None:
        """Sets `MINNOW_<NAME>` for each keyword: `knows(loans_table=…)`."""
        for name, value in settings.items():
            self.function.add_environment(f"MINNOW_{name.upper()}", value)
