"""What wakes somebody: dead letters, failed payouts, bad answers, slow decisions, an unfinished night, a false book."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.settings import Stage

NAMESPACE = "Minnow"
DECISION_SECONDS = 5 * 60
# In a minute: a phone that left its network is no failure of ours, many at once are.
NOTICES = 10
# Stripe explains 99.99 per cent of its money within four days; whoever takes longer is asked why.
DIFFERENCE_DAYS = 3
# What the functions count: how it is summed up, above which number somebody is woken, and what he reads.
COUNTED = {
    "PayoutsFailed": ("Sum", 0, "A rail refused or lost a payout; the borrower is waiting for money."),
    "MoneyUnexplained": (
        *("Sum", 0),
        "Money that fits no loan (GET /v1/desk/unmatched), a payout that ended otherwise than told, or news of what is "
        "not that rail's: its log names the event. See docs/operator/settlement.md.",
    ),
    "PartnersDegraded": (
        *("Sum", 0),
        "A partner answers badly and is not asked for a while. See docs/operator/partners.md.",
    ),
    "WebhooksFailed": (
        *("Sum", 0),
        "A partner took no events for three days, or wants no more of them. See docs/operator/partners.md.",
    ),
    "DecisionSeconds": ("Maximum", DECISION_SECONDS, "A decision took more than five minutes from the application."),
    "ApplicationsUndecided": (
        *("Maximum", 0),
        "Applications wait for a decision for more than an hour. See docs/operator/decisions.md.",
    ),
    "NightUnfinished": (
        *("Sum", 0),
        "A market's night was not started, or loans still wait for it. See docs/operator/night.md.",
    ),
    "ReviewsOverdue": (
        *("Maximum", 0),
        "Applications or papers wait too long for a person. See docs/operator/decisions.md and papers.md.",
    ),
    "NoticesFailed": (
        *("Sum", NOTICES),
        "No channel takes notices. They are tried again while they are true. See docs/operator/notices.md.",
    ),
    "CreditFileLate": (
        *("Sum", 0),
        "A credit file is not there that has to be sent by tomorrow. See docs/operator/credit-file.md.",
    ),
    "DaysUnsettled": (
        *("Maximum", 0),
        "A lender's day is not settled, or a statement is missing. See docs/operator/settlement.md.",
    ),
    "MinorUnexplained": (
        *("Maximum", 0),
        "Platform, rail and lender do not agree: GET /v1/desk/differences. See docs/operator/settlement.md.",
    ),
    "DifferenceDays": (
        *("Maximum", DIFFERENCE_DAYS),
        "A difference has been open for days. See docs/operator/settlement.md.",
    ),
    "PayoutsLate": (
        *("Maximum", 0),
        "A payout is on its way for more than a day: its rail does not say what became of it. "
        "See docs/operator/settlement.md.",
    ),
    "SealsBroken": (
        *("Sum", 0),
        "Sealed data are not of the borrower or field where they lie: somebody moved them. See docs/operator.",
    ),
    "BookUnbalanced": ("Sum", 0, "The entries of a loan do not sum to its head. Stop money-out and look."),
}


class Alarms(Construct):
    """Every alarm tells one topic; who listens to it is the operator's to subscribe."""

    def __init__(self, scope: Construct, *, stage: Stage, dead_letters: Mapping[str, sqs.Queue]) -> None:
        super().__init__(scope, "Alarms")
        self.stage = stage
        self.topic = self._topic()
        for name, queue in dead_letters.items():
            letters = queue.metric_approximate_number_of_messages_visible(
                period=cdk.Duration.minutes(1), statistic="Maximum"
            )
            self._alarm(f"DeadLetters{name}", letters, above=0, says=f"Messages of {name} that nobody could handle.")
        for name, (statistic, above, says) in COUNTED.items():
            self._alarm(name, self._counted(name, statistic), above=above, says=says)

    def _counted(self, name: str, statistic: str) -> cloudwatch.Metric:
        """A metric that the functions write into their logs in the embedded format."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"service": f"minnow-{self.stage.name}"},
            period=cdk.Duration.minutes(1),
            statistic=statistic,
        )

    def _alarm(self, name: str, metric: cloudwatch.Metric, *, above: float, says: str) -> None:
        cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"minnow-{self.stage.name}-{name}",
            alarm_description=says,
            metric=metric,
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        ).add_alarm_action(actions.SnsAction(self.topic))

    def _topic(self) -> sns.Topic:
        key = kms.Key(
            self,
            "Key",
            description=f"Minnow {self.stage.name}: alarms on their way",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )
        topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        topic.grant_publish(iam.ServicePrincipal("cloudwatch.amazonaws.com"))
        return topic
