"""`python -m infra.local run|up|down|night|credit-file|redrive`: the whole platform on this machine.

`run` takes one borrower through a loan on a cloud of its own and leaves nothing running.
`up` keeps a cloud running, with its data from last time; `down` stops it. Of what `up` keeps, `night` runs every
market's night, `credit-file` builds the credit files that are due, and `redrive` brings messages that failed too often
back to their queues.
"""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infra.local import ask, journey, sandbox
from infra.local import cloud as local_cloud
from infra.local.borrower import Borrower, Person
from infra.local.client import CallFailed, TooLate
from infra.local.cloud import Cloud, CloudError
from infra.local.deploy import DeployError, Outputs, deploy
from infra.local.outside import Outside
from infra.local.redrive import redrive
from infra.local.sandbox import Services
from infra.markets import TIME_ZONES
from infra.packages import ROOT, PackageError

KEPT = ROOT / ".local" / "up"
FRESH = ROOT / ".local" / "run"


def run() -> None:
    """The journey on an empty cloud."""
    _end(FRESH)
    shutil.rmtree(FRESH, ignore_errors=True)
    try:
        journey.main(*_begin(FRESH))
    finally:
        _end(FRESH)


def up() -> None:
    cloud, outputs, services = _begin(KEPT)
    asha = Borrower(Outside(cloud, outputs, services), Person())
    _say(f"\nThe API:  {outputs.api_url}/v1/openapi.json")
    _say(f"A borrower:  {asha.person.phone}; codes sent to phones are at {asha.outside.inbox}")
    try:
        asha.sign_in()
        ask.keep(asha.client, asha.tokens["refresh_token"])
        _say("Signed in as her device:  .venv/bin/python -m infra.local.ask GET /v1/me")
    except CallFailed as refused:
        _say(f"Not signed in now: {refused.call.code}")
    _say(f"Addresses of everything else:  {KEPT / 'outputs.json'}")
    _say("`make down` stops it; `make up` brings it back with its data.")


def down() -> None:
    _end(KEPT)
    _say("Nothing is running now. The data is kept for the next `make up`.")


def night() -> None:
    outside = Outside(*_kept())
    for market in TIME_ZONES:
        _say(f"The night of {outside.night(market)} in {market} is finished.")


def credit_file() -> None:
    outside = Outside(*_kept())
    for market in TIME_ZONES:
        _say(f"The credit file {outside.credit_file(market)} is finished.")


def bring_back() -> None:
    cloud, *_ = _kept()
    for queue, messages in redrive(cloud).items():
        _say(f"{messages} messages back in {queue}")


def _kept() -> tuple[Cloud, Outputs, Services]:
    """What `up` keeps running."""
    if local_cloud.find(KEPT) is None:
        raise CloudError("Nothing is running here; `make up` starts it.")
    return _begin(KEPT)


def _begin(directory: Path) -> tuple[Cloud, Outputs, Services]:
    """The cloud, what is deployed to it, and the lenders and the rail outside it."""
    _say("Starting the local cloud ...")
    cloud = local_cloud.start(directory)
    outputs = deploy(cloud, _say)
    return cloud, outputs, sandbox.start(cloud, outputs)


def _end(directory: Path) -> None:
    """Also what an earlier command left running, if it was cut off."""
    sandbox.stop(directory / "sandbox")
    cloud = local_cloud.find(directory)
    if cloud is not None:
        local_cloud.stop(cloud)


def _say(message: str) -> None:
    print(message, flush=True)


COMMANDS: dict[str, Callable[[], None]] = {"run": run, "up": up, "down": down, "night": night, "redrive": bring_back}
COMMANDS["credit-file"] = credit_file


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    began = time.monotonic()
    try:
        COMMANDS[arguments[0]]()
    except (CloudError, DeployError, PackageError, CallFailed, TooLate) as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    _say(f"({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
