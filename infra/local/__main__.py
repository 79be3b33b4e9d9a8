"""`python -m infra.local run|up|down`: the whole platform on this machine.

`run` takes one borrower through a loan on a cloud of its own and leaves nothing running.
`up` keeps a cloud running, with its data from last time; `down` stops it.
"""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infra.local import cloud as local_cloud
from infra.local import deploy as local_deploy
from infra.packages import ROOT, PackageError

KEPT = ROOT / ".local" / "up"
FRESH = ROOT / ".local" / "run"


def run() -> None:
    """The journey on an empty cloud."""
    from infra.local import journey, sandbox

    _put_away(FRESH)
    cloud = local_cloud.start(FRESH)
    try:
        outputs = local_deploy.deploy(cloud, _say)
        services = sandbox.start(cloud, outputs)
        try:
            journey.main(cloud, outputs, services)
        finally:
            services.stop()
    finally:
        local_cloud.stop(cloud)


def up() -> None:
    from infra.local import sandbox

    cloud = local_cloud.start(KEPT)
    outputs = local_deploy.deploy(cloud, _say)
    sandbox.start(cloud, outputs)
    _say(f"\nThe API:  {outputs.api_url}/v1/openapi.json")
    _say(f"Addresses of everything else:  {KEPT / 'outputs.json'}")
    _say("`make down` stops it; `make up` brings it back with its data.")


def down() -> None:
    cloud = local_cloud.find(KEPT)
    if cloud is None:
        _say("Nothing is running.")
        return
    local_cloud.stop(cloud)
    _say("Stopped. The data is kept for the next `make up`.")


def _put_away(directory: Path) -> None:
    """Also what an earlier run left, if it was cut off."""
    left = local_cloud.find(directory)
    if left is not None:
        local_cloud.stop(left)
    shutil.rmtree(directory, ignore_errors=True)


def _say(message: str) -> None:
    print(message, flush=True)


COMMANDS: dict[str, Callable[[], None]] = {"run": run, "up": up, "down": down}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    began = time.monotonic()
    try:
        COMMANDS[arguments[0]]()
    except (local_cloud.CloudError, local_deploy.DeployError, PackageError) as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    _say(f"({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
