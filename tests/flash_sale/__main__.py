"""`python -m tests.flash_sale`: a thousand checkouts at once on a fresh local stack, then an audit of the books.

`CHECKOUTS` makes a smaller sale, `AT_ONCE` a slower one, `SEED` repeats who wants what. Exit status 1 where anything
is lost, doubled or over.
"""

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random

import urllib3

from infra.local import cloud as local_cloud
from infra.local import sandbox
from infra.local.client import Client, TooLate
from infra.local.deploy import deploy
from infra.local.outside import Outside
from infra.packages import ROOT
from shared.domain.money import Money
from tests.flash_sale.audit import Findings, audit, stored
from tests.flash_sale.crowd import End, Plan, plans, shop
from tests.flash_sale.stock import LENDER, buyers, short_of_money

DIRECTORY = ROOT / ".local" / "flash-sale"
CHECKOUTS, OF_EACH = 1_000, 5
# A limit takes two of a buyer's five, and the first lender's money about six of ten of all that can be lent.
PRICE = Money(600_000, "INR")
LIMIT = Money(1_350_000, "INR")
CAPITAL_OF_EACH = 160_000
# Below that the lender's capacity has fewer than four parts, and those who confirm wait for each other.
LEAST_CAPITAL = 160_000_000
# Calls on their way at a time: each is a process of the local cloud.
AT_ONCE = int(os.environ.get("AT_ONCE") or 8)
WARMED, WARMING_TRIES = 2, 5
SETTLE_SECONDS = 1_200
SHOWN = 20


def main() -> int:
    count, seed = int(os.environ.get("CHECKOUTS") or CHECKOUTS), int(os.environ.get("SEED") or 7)
    _end()
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    DIRECTORY.mkdir(parents=True)
    try:
        cloud = local_cloud.start(DIRECTORY)
        outputs = deploy(cloud, _say)
        return sale(Outside(cloud, outputs, sandbox.start(cloud, outputs)), count, seed)
    finally:
        _end()


def sale(outside: Outside, count: int, seed: int) -> int:
    """The exit status."""
    outside.by_hand()
    crowd, capital = count // OF_EACH, Money(max(count * CAPITAL_OF_EACH, LEAST_CAPITAL), "INR")
    _say(f"{crowd} buyers sign in, each with a limit of {LIMIT} and {OF_EACH} devices ...")
    clients = buyers(outside, crowd, LIMIT)
    short_of_money(capital)
    _warm(clients)
    began = time.monotonic()
    _say(f"12:00:00. {count} checkouts of {PRICE}, {AT_ONCE} calls at a time, some replies lost ...")
    ends = _rush(plans(count, crowd, Random(seed)), clients)
    took = time.monotonic() - began
    _tell(ends, took)
    _await_payouts(outside)
    found = audit(outside, ends, capital.minor, LENDER)
    return _close(ends, found)


def _warm(clients: Sequence[Client]) -> None:
    """A function that is asked by one more at a time than before starts another process first: a few more each time."""
    for together in range(WARMED, AT_ONCE + WARMED, WARMED):
        with ThreadPoolExecutor(together) as threads:
            list(threads.map(_ask, clients[:together]))


def _ask(client: Client) -> None:
    for _ in range(WARMING_TRIES):
        with suppress(urllib3.exceptions.HTTPError):
            client.send("GET", "/v1/me/limit")
            return


def _rush(wanted: Sequence[Plan], clients: Sequence[Client]) -> list[End]:
    price = {"minor": PRICE.minor, "currency": PRICE.currency}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda plan: shop(plan, clients[plan.buyer], price), wanted))


def _await_payouts(outside: Outside) -> None:
    """Until each that was ordered has arrived. Raises `TooLate`."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while open_ := [item["pk"] for item in stored(outside) if item["sk"] == "payout" and item["state"] != "settled"]:
        if time.monotonic() > deadline:
            raise TooLate(f"Waited {SETTLE_SECONDS} s for the merchant's money; open are {len(open_)}.")
        time.sleep(1)


def _tell(ends: Sequence[End], took: float) -> None:
    how = Counter(end.how for end in ends)
    _say(f"It took {took:.0f} s: {how['left']} were left without a loan, as their shoppers wanted.")
    refusals = Counter(end.code for end in ends if end.how == "refused")
    _say("Refused: " + ", ".join(f"{times} {code}" for code, times in refusals.most_common()))
    waited = sorted(end.seconds for end in ends if end.how == "confirmed")
    if waited:
        _say(f"From the first call to a loan: median {waited[len(waited) // 2]:.1f} s, longest {waited[-1]:.1f} s.")


def _close(ends: Sequence[End], found: Findings) -> int:
    _say("Written most: " + ", ".join(f"{key} {times} times" for key, times in found.hottest))
    for sentence in [*found.lost, *found.doubled, *found.over, *found.hot][:SHOWN]:
        _say(f"WRONG  {sentence}")
    how = Counter(end.how for end in ends)
    _say(
        f"flash sale: {len(ends)} checkouts, {how['confirmed']} confirmed, {how['refused']} refused, "
        f"{len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.over)} over limit"
    )
    return 0 if found.is_clean else 1


def _end() -> None:
    sandbox.stop(DIRECTORY / "sandbox")
    cloud = local_cloud.find(DIRECTORY)
    if cloud is not None:
        local_cloud.stop(cloud)


def _say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    sys.exit(main())
