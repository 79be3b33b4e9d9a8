"""`python -m tests.conformance FILE...`: every vector through the engine, differences, counts, a verdict."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.conformance.figures import Difference, check_apr, check_daycount, check_schedule
from tests.conformance.lives import check_life
from tests.conformance.reading import Unsupported

CHECKS = {"schedule": check_schedule, "apr": check_apr, "daycount": check_daycount, "life": check_life}
SHOWN_VECTORS = 10
SHOWN_DIFFERENCES = 6


def main(files: list[str]) -> int:
    if not files:
        print("usage: python -m tests.conformance FILE...", file=sys.stderr)
        return 2
    vectors = [vector for file in files for vector in json.loads(Path(file).read_text())]
    outcomes = [(vector, outcome(vector)) for vector in vectors]
    failed = [(vector, differences) for vector, differences in outcomes if differences]
    for vector, differences in failed[:SHOWN_VECTORS]:
        print_differences(vector, differences)
    if len(failed) > SHOWN_VECTORS:
        print(
            f"... and {len(failed) - SHOWN_VECTORS} more: {' '.join(vector['id'] for vector, _ in failed[SHOWN_VECTORS:])}\n"
        )
    print_counts(outcomes)
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def outcome(vector: dict[str, Any]) -> list[Difference]:
    """The differences; a vector that the engine does not support differs too, whatever stopped it."""
    try:
        return CHECKS[vector["kind"]](vector)
    except (AssertionError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, Unsupported) as error:
        return [("not supported", "figures", f"{type(error).__name__}: {error}")]


def print_differences(vector: dict[str, Any], differences: list[Difference]) -> None:
    print(f"{vector['id']} ({vector['kind']}: {', '.join(vector['tags'])}; {vector['source']})")
    for what, expected, actual in differences[:SHOWN_DIFFERENCES]:
        print(f"    {what:<42} expected {expected:>14}   actual {actual:>14}")
    if len(differences) > SHOWN_DIFFERENCES:
        print(f"    ... and {len(differences) - SHOWN_DIFFERENCES} more")
    print()


def print_counts(outcomes: list[tuple[dict[str, Any], list[Difference]]]) -> None:
    for title, names in (("kind", lambda vector: [vector["kind"]]), ("tag", lambda vector: vector["tags"])):
        seen = Counter(name for vector, _ in outcomes for name in names(vector))
        passed = Counter(name for vector, differences in outcomes if not differences for name in names(vector))
        print(f"by {title}")
        for name, count in sorted(seen.items()):
            print(f"    {name:<28} {passed[name]:>4} of {count:>4}")
    print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
