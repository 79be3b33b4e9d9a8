"""What a cold start of each packaged door costs, as a ratio to a handler with nothing but botocore's DynamoDB client.

    .venv/bin/python -m tests.benchmarks.bench_start [door ...]

`loaded` is what Lambda does before the first event: the handler imported. `ready` adds all that the first events make:
every adapter that the door uses, with its clients. Instructions are counted by valgrind where there is one, and repeat
to four digits; elsewhere the least CPU time of five starts is taken, which says less.
"""

import re
import resource
import shutil
import sys
import tempfile
from pathlib import Path

from infra import packages
from infra.routes import DOORS
from tests.starts import compiled, loading, ready, settings, start, unpacked

BARE = "import botocore.session\nbotocore.session.get_session().create_client('dynamodb')\n"
# The bare handler runs on this door's libraries, so that both find the same byte code.
HOST = "quote"
# Without its model of caches, cachegrind counts instructions alone, twice as fast as callgrind.
COUNTER = ("--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")


def cost(tree: Path, script: str, settings: dict[str, str]) -> float:
    """Instructions in millions, or milliseconds of CPU time."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return min(_cpu_time(tree, script, settings) for _ in range(5))
    done = start(tree, script, settings, valgrind, *COUNTER, sys.executable)
    counted = re.search(r"I +refs: +([0-9,]+)", done.stderr)
    assert done.returncode == 0 and counted, done.stderr
    return int(counted[1].replace(",", "")) / 1e6


def _cpu_time(tree: Path, script: str, settings: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = start(tree, script, settings, sys.executable)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def main() -> None:
    doors = sys.argv[1:] or DOORS
    built = packages.build({*doors, HOST}, packages.THIS_MACHINE)
    print(f"Starts in {'millions of instructions' if shutil.which('valgrind') else 'milliseconds of CPU time'}")
    print(f"{'':12}{'package':>10}{'compiled':>10}{'loaded':>10}{'ready':>10}{'loaded':>10}{'ready':>10}")
    with tempfile.TemporaryDirectory() as folder:
        bare = cost(unpacked(built[HOST], Path(folder) / "bare"), BARE, {})
        print(f"{'bare':12}{'':>20}{bare:>10,.0f}{bare:>10,.0f}{1:>9.2f}×{1:>9.2f}×")
        for door in doors:
            tree = unpacked(built[door], Path(folder) / door)
            # Only a stage with a test clock names one, and only there does a door ask for it.
            given = {name: value for name, value in settings(door).items() if name != "MINNOW_CLOCK_PARAMETER"}
            modules = len(compiled(start(tree, ready(door), given, sys.executable, "-v")))
            loaded, served = (cost(tree, script, given) for script in (loading(door), ready(door)))
            size = f"{built[door].stat().st_size / 1e6:.1f} MB"
            print(
                f"{door:12}{size:>10}{modules:>10}{loaded:>10,.0f}{served:>10,.0f}"
                f"{loaded / bare:>9.2f}×{served / bare:>9.2f}×",
                flush=True,
            )


if __name__ == "__main__":
    main()
