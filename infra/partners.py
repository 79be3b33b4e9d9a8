"""Lenders outside: who tells them of their loans and tries again, who answers them, and who stores what they are."""

from collections.abc import Mapping

import aws_cdk as cdk

from infra.books import Book
from infra.function import Door
from infra.queues import Work
from infra.settings import Stage

# A lender that does not answer holds up no more than these.
TOLD_AT_ONCE = 5
# Those that send to addresses which others name: rails, lenders, the service of push messages, providers of sign-ins.
CALLERS = (
    *("borrower", "payout", "debit", "rail", "repay", "reconcile"),
    *("score", "checkout", "desk_applications", "webhook", "partner", "desk_partners"),
    *("notify", "contact", "provider"),
)


def lenders(stack: cdk.Stack, *, stage: Stage, doors: Mapping[str, Door], loans: Book, told: Work) -> None:
    """`told` is the queue of steps that a lender is told of, and of lenders for whom something waits."""
    webhook, resend, asked, desk = (doors[name] for name in ("webhook", "resend", "partner", "desk_partners"))
    for sender in (doors["relay"], webhook, resend):
        told.sent_by(sender)
        sender.knows(partners_queue=told.queue.queue_url)
    told.done_by(webhook)
    # A try in vain asks for another once, seconds later; what comes after that is the schedule's.
    webhook.may_call_itself()
    loans.written_by(webhook, "events#*", "webhooks")
    loans.read_by(webhook, "loan_*", "partners", "settled_day#*")
    loans.read_by(resend, "partners")
    loans.read_by(asked, "partners", "loan_*", "events#*")
    stored = ("partners", "partner#*", "merchants", "merchant#*")
    loans.written_by(desk, *stored, "webhooks", "audit#*", "request#stf_*")
    loans.read_by(desk, "capacity#*", "health")
    for door in (webhook, resend, desk):
        loans.swept_by(door, "desk")
    secrets = f"arn:aws:ssm:{stack.region}:{stack.account}:parameter{stage.prefix}/partner/*"
    for door in (webhook, asked):
        door.may(["ssm:GetParameter"], secrets, because="Each partner has its own secrets here.")
        door.knows(parameters=stage.prefix)
    if stage.reaches_loopback:
        for name in CALLERS:
            doors[name].knows(allows_loopback="yes")
