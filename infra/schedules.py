"""What happens by the clock, in each market's own zone: night, reminders, debits, erasures, settlements, webhooks,
applications that wait.

A schedule opens its door with `{"market": …}` and no date: the door takes the market's date when it is opened.
"""

import json

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Door
from infra.markets import TIME_ZONES
from infra.settings import Stage

# A quarter past midnight, since a clock that is ten minutes slow must have the new date too.
NIGHT = "cron(15 0 * * ? *)"
# First at two; then each hour, so that somebody is woken until the night is finished. A finished one costs one read.
WATCH = "cron(0 2-23 * * ? *)"
# Within every market's contact hours; each time finds what could not be told the time before. Five minutes past, so
# that a clock that is slow is within the hours too.
REMIND = "cron(5 8,10,12,14,16,18 * * ? *)"
# At least once in each window in which a market's banks may be asked, and twenty minutes from its ends, for clocks that
# are wrong; outside of them nobody is asked. Each time goes on with what the time before could not finish.
COLLECT = "cron(20 5,8,9,13,15,21,22 * * ? *)"
# Within every market's contact hours, since who did not ask is told; a call looks at some hundred borrowers, so that it
# comes again until all are done whose day it is. Whoever is not erased today is tomorrow.
ERASE = "cron(0/15 9-17 * * ? *)"
# After the night, when banks have their statements; then again, for those that are late. Each start also says what is
# not explained yet.
SETTLE = "cron(0 5,8,11,14,17,20 * * ? *)"
# What a partner did not take is tried again seconds later by a message, and from then on by this.
RESEND = "rate(1 minute)"
# A decision takes seconds; what it was lost to takes longer. With nothing that waits it costs a read of an empty index.
UNDECIDED = "rate(5 minutes)"
# After the night; then until the file is there, a part after the other. A day without a file costs one read each time.
CREDIT_FILE = "cron(0/15 4-23 * * ? *)"
# Scheduler's own tries: as many as it takes for the following hour; then the message is kept and an alarm goes off.
TRIES = 60
HOURS = 1


class Schedules(Construct):
    """`failures` keeps what the scheduler could not deliver."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        night: Door,
        watch: Door,
        remind: Door,
        erase: Door,
        settling: Door,
        resend: Door,
        collect: Door,
        credit_file: Door,
        undecided: Door,
        failures: sqs.Queue,
    ) -> None:
        super().__init__(scope, "Schedules")
        self.stage, self.failures = stage, failures
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            ),
        )
        timed = (night, watch, remind, erase, collect, settling, resend, credit_file, undecided)
        doors = [door.function.function_arn for door in timed]
        self.role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=doors))
        self.role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[failures.queue_arn]))
        for market in TIME_ZONES:
            self._every("night", market, NIGHT, night)
            self._every("watch", market, WATCH, watch)
            self._every("remind", market, REMIND, remind)
            self._every("erase", market, ERASE, erase)
            self._every("settle", market, SETTLE, settling)
            self._every("resend", market, RESEND, resend)
            self._every("collect", market, COLLECT, collect)
            self._every("credit-file", market, CREDIT_FILE, credit_file)
            self._every("undecided", market, UNDECIDED, undecided)

    def _every(self, what: str, market: str, when: str, door: Door) -> None:
        made = scheduler.CfnSchedule(
            self,
            f"{what}-{market}",
            name=f"minnow-{self.stage.name}-{what}-{market}",
            schedule_expression=when,
            schedule_expression_timezone=TIME_ZONES[market],
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=door.function.function_arn,
                role_arn=self.role.role_arn,
                input=json.dumps({"market": market}),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self.failures.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=HOURS * 3600, maximum_retry_attempts=TRIES
                ),
            ),
        )
        made.node.add_dependency(self.role)
