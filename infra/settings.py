"""The stages: everything in which one deployment may differ from another, and nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment. `account` None means the account of the credentials that deploy.

    `is_sandbox`: holds no real borrower, so its data may be deleted with the stack.
    `has_test_clock`: its business date may be moved by an operator; never true where real money moves.
    `runs_on_this_machine`: functions run with this machine's Python instead of Lambda's on arm64.
    `requires_tls`: buckets and queues refuse plain HTTP; the local cloud speaks nothing else.
    `app_url`: where the app's links lead that are sent to borrowers.
    `reaches_loopback`: partners may have addresses on this machine; everywhere else they are public ones, over https.
    `scorers`: how many decisions are made at a time. What comes faster waits in its queue, untouched and so untried: an
    overload makes decisions late. More calls than the machine carries would slow each other until they fail.
    `workers`: how many calls of any other queue's door there are at most, where a machine carries fewer than the queue
    says; None where there is no such bound.
    `redelivery_seconds`: after which a message that nobody finished is delivered again, and what its door has to do so.
    `answer_seconds`: what a door has to answer a caller. On AWS one should have an answer long before the API gives up;
    a machine that is busy takes the time that it takes.
    """

    name: str
    account: str | None
    region: str
    is_sandbox: bool
    has_test_clock: bool
    runs_on_this_machine: bool
    requires_tls: bool
    reaches_loopback: bool
    scorers: int
    workers: int | None
    redelivery_seconds: int
    answer_seconds: int
    app_url: str

    @property
    def prefix(self) -> str:
        """Where the stage's parameters lie in Systems Manager."""
        return f"/minnow/{self.name}"


LOCAL = Stage(
    name="local",
    account="000000000000",
    region="ap-south-1",
    is_sandbox=True,
    has_test_clock=True,
    runs_on_this_machine=True,
    requires_tls=False,
    reaches_loopback=True,
    scorers=3,
    workers=3,
    redelivery_seconds=30,
    answer_seconds=29,
    app_url="https://app.local.minnow.example",
)
SANDBOX = Stage(
    name="sandbox",
    account=None,
    region="ap-south-1",
    is_sandbox=True,
    has_test_clock=True,
    runs_on_this_machine=False,
    requires_tls=True,
    reaches_loopback=False,
    scorers=100,
    workers=None,
    redelivery_seconds=180,
    answer_seconds=10,
    app_url="https://app.sandbox.minnow.example",
)
PRODUCTION = Stage(
    name="production",
    account=None,
    region="ap-south-1",
    is_sandbox=False,
    has_test_clock=False,
    runs_on_this_machine=False,
    requires_tls=True,
    reaches_loopback=False,
    scorers=100,
    workers=None,
    redelivery_seconds=180,
    answer_seconds=10,
    app_url="https://app.minnow.example",
)
STAGES = {stage.name: stage for stage in (LOCAL, SANDBOX, PRODUCTION)}
