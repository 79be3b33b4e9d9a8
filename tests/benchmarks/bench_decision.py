"""Applications at several rates through the deployed local stack, from the request to the decision in the book.

    .venv/bin/python -m tests.benchmarks.bench_decision [applications a second ...]

Each application is one HTTP request with a token; its clock runs until the decision is found in the table. It goes
through the gateway, the door, the table's stream, the relay, the queue, the scorer and the lenders, on a cloud that was
deployed for it. A decision is wrong that differs from what `decision_oracle` works out, that is missing, or that was
made twice. Rates rise until one is not kept up, with 99 in 100 decided within a second; it is tried once more, since a
machine has other things to do too. The last line is of the highest that was kept up; where none was, of the lowest.
Exit status 1 if any decision was wrong.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import cloud as local_cloud
from infra.local import sandbox
from infra.local.deploy import deploy
from infra.local.outside import Outside
from infra.local.redrive import redrive
from shared.adapters.table import unpack, unsqueezed
from shared.markets import today
from tests.benchmarks.crowd import MARKET, Someone, crowd
from tests.benchmarks.decision_oracle import Asked, Expected, expected

# Each not much above the one before: what a rate is too high by has to be worked off before the next begins.
RATES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24)
SECONDS, COLD, WARM_UP = 12, 3, 27
# The local cloud ends workers that had nothing to do for five minutes, as they have while the rates are low. So before
# each rate some apply at once, whose time does not count.
WOKEN, AT_ONCE = 12, 100
GOAL_SECONDS, LATEST_SECONDS, AGAIN_SECONDS, TRIES_OF_A_RATE = 1.0, 30, 1, 2
# A rate that the machine does not keep up with leaves a queue: what is in it is late, and lost only if it never comes.
QUEUE_SECONDS = 300
LOOK_SECONDS = 0.02
AMOUNT, TENOR_MONTHS = 2_000_000, 12
BODY = {"amount": {"minor": AMOUNT, "currency": "INR"}, "tenor_months": TENOR_MONTHS, "purpose": "cash"}
# What a decision makes of an application; without a lender's offer an approval is a decline that says so.
STATES = {"approve": "offered", "refer": "referred", "decline": "declined"}


@dataclass
class Sent:
    """One application: when it was sent, answered and found decided, by a clock that only goes forward."""

    someone: Someone
    sent_at: float
    application_id: str = ""
    answered_at: float = 0.0
    decided_at: float = 0.0
    item: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return self.decided_at - self.sent_at


@dataclass(frozen=True)
class Round:
    """What came of one rate."""

    rate: float
    sent: list[Sent]
    wrong: int

    def percentile(self, share: float) -> float:
        """In seconds; one that was never decided took for ever."""
        taken = sorted(each.seconds if each.decided_at else float("inf") for each in self.sent)
        return taken[min(len(taken) - 1, int(share * len(taken)))]

    @property
    def is_kept_up(self) -> bool:
        return self.percentile(0.99) <= GOAL_SECONDS

    def line(self) -> str:
        p50, p99 = (1000 * self.percentile(share) for share in (0.50, 0.99))
        rate = f"{self.rate:g}"
        return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms over {len(self.sent)} applications at {rate} per second"


class Driver:
    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.pool = urllib3.PoolManager(maxsize=64, retries=False, timeout=LATEST_SECONDS)
        self.table = outside.cloud.client("dynamodb")

    def round(self, people: Sequence[Someone], rate: float) -> Round:
        """Sends at even times, whether answers came or not, and waits until all are decided."""
        begin = time.monotonic() + 0.2
        sent = [Sent(each, begin + number / rate) for number, each in enumerate(people)]
        is_over = threading.Event()
        looking = threading.Thread(target=self._look, args=(sent, is_over))
        looking.start()
        with ThreadPoolExecutor(64) as threads:
            list(threads.map(self._send, sent))
        self._await(sent)
        is_over.set()
        looking.join()
        return Round(rate, sent, sum(self._is_wrong(each) for each in sent))

    def _await(self, sent: Sequence[Sent]) -> None:
        """What an overload left is waited for; its dead letters are brought back, as an operator does it."""
        began = time.monotonic()
        redriven = began + LATEST_SECONDS
        while time.monotonic() < began + QUEUE_SECONDS and not all(each.decided_at for each in sent):
            time.sleep(LOOK_SECONDS)
            if time.monotonic() > redriven:
                with suppress(BotoCoreError, ClientError):
                    redrive(self.outside.cloud)
                redriven = time.monotonic() + LATEST_SECONDS

    def _send(self, one: Sent) -> None:
        time.sleep(max(0.0, one.sent_at - time.monotonic()))
        token, device = one.someone.token, one.someone.device
        headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
        headers["content-type"] = "application/json"
        url, body = f"{self.outside.outputs.api_url}/v1/applications", json.dumps(BODY).encode()
        while time.monotonic() < one.sent_at + QUEUE_SECONDS:
            # What an app does: the same request under the same key, while the clock runs.
            headers["dpop"] = device.proof("POST", url, token)
            with suppress(urllib3.exceptions.HTTPError):
                answer = self.pool.request("POST", url, body=body, headers=headers)
                if answer.status == 201:
                    one.application_id, one.answered_at = answer.json()["application_id"], time.monotonic()
                    return
            time.sleep(AGAIN_SECONDS)

    def _look(self, sent: Sequence[Sent], is_over: threading.Event) -> None:
        """Finds decisions in the table itself: asking the API for them would be a load of its own."""
        while not is_over.is_set():
            waiting = {each.application_id: each for each in sent if each.application_id and not each.decided_at}
            # A cloud that is overloaded may not answer: it is asked again.
            with suppress(BotoCoreError, ClientError):
                for item in (item for some in _parts(list(waiting), 100) for item in self._heads(some)):
                    if item["state"] != "submitted":
                        found = waiting[item["pk"]]
                        found.item, found.decided_at = item, time.monotonic()
            time.sleep(LOOK_SECONDS)

    def _heads(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        keys = [{"pk": {"S": each}, "sk": {"S": "application"}} for each in ids]
        name = self.outside.outputs.loans_table
        answer = self.table.batch_get_item(RequestItems={name: {"Keys": keys, "ConsistentRead": True}})
        return [unpack(item) for item in answer["Responses"][name]]

    def _is_wrong(self, one: Sent) -> bool:
        """Missing, decided twice, one of several, or otherwise than the rules say."""
        if not one.decided_at:
            return True
        item = self._heads([one.application_id])[0]
        decision = unsqueezed(item["decided"])["decision"]
        found = Expected(decision["score"], decision["grade"], decision["outcome"], decision["limit"]["minor"])
        is_right = item["state"] == STATES[found.outcome] and found == _expected(one.someone)
        return not is_right or item["version"] != 1 or self._applications_of(one.someone) != [one.application_id]

    def _applications_of(self, someone: Someone) -> list[str]:
        condition = "pk = :pk AND begins_with(sk, :sk)"
        values = {":pk": {"S": someone.borrower_id}, ":sk": {"S": "app_"}}
        name = self.outside.outputs.loans_table
        answer = self.table.query(TableName=name, KeyConditionExpression=condition, ExpressionAttributeValues=values)
        return [item["sk"]["S"] for item in answer["Items"]]


def _expected(someone: Someone) -> Expected:
    stated = someone.means
    asked = Asked(
        income=stated.monthly_income.minor,
        owed=stated.monthly_obligations.minor,
        employment=stated.employment,
        months_employed=stated.months_employed,
        amount=AMOUNT,
        tenor_months=TENOR_MONTHS,
    )
    return expected(asked, MARKET, today(MARKET, datetime.now(UTC)))


def _parts(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


@contextmanager
def stage() -> Iterator[Outside]:
    """A cloud of its own, which goes away."""
    with TemporaryDirectory(prefix="minnow-bench-") as directory:
        cloud = local_cloud.start(Path(directory))
        try:
            outputs = deploy(cloud)
            yield Outside(cloud, outputs, sandbox.start(cloud, outputs))
        finally:
            sandbox.stop(cloud.directory / "sandbox")
            running = local_cloud.find(cloud.directory)
            if running is not None:
                local_cloud.stop(running)


def main(rates: Sequence[float] = RATES) -> int:
    rounds, wrong = list[Round](), 0
    with stage() as outside:
        driver, start = Driver(outside), 0
        print(f"Warming up with {WARM_UP} applications ...", flush=True)
        for number in range(COLD):
            driver.round(crowd(outside, range(number, number + 1)), 1)
        driver.round(crowd(outside, range(COLD, WARM_UP)), 2)
        start += WARM_UP
        for rate in sorted({*rates}):
            wrong += driver.round(crowd(outside, range(start, start + WOKEN)), AT_ONCE).wrong
            start, count = start + WOKEN, max(int(rate * SECONDS), SECONDS)
            for _ in range(TRIES_OF_A_RATE):
                rounds.append(driver.round(crowd(outside, range(start, start + count)), rate))
                start += count
                print(f"  {rounds[-1].line()}, {rounds[-1].wrong} wrong", flush=True)
                if rounds[-1].is_kept_up:
                    break
            else:
                break
    wrong += sum(each.wrong for each in rounds)
    best = max((each for each in rounds if each.is_kept_up), key=lambda each: each.rate, default=rounds[0])
    print(f"decision: {best.line()}, {wrong} wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main([float(rate) for rate in sys.argv[1:]] or RATES))
