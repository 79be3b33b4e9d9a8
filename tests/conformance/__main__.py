"""`python -m tests.conformance FILE...`: every vector through the engine, differences, counts, a verdict."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conformance.figures import Difference, check_apr, check_daycount, check_schedule
from tests.conformance.lives import check_life
from tests.conformance.reading import UnsupportedError

Vector = dict[str, Any]

CHECKS = {"schedule": check_schedule, "apr": check_apr, "daycount": check_daycount, "life": check_life}
# What an engine that was asked for something it does not know may stop with.
NOT_KNOWN = (UnsupportedError, AssertionError, ArithmeticError, LookupError, AttributeError, TypeError, ValueError)
MOST_VECTORS_SHOWN = 10
MOST_DIFFERENCES_SHOWN = 8


def main(files: list[str]) -> int:
    if not files:
        print("usage: python -m tests.conformance FILE...", file=sys.stderr)
        return 2
    vectors = [vector for file in files for vector in json.loads(Path(file).read_text(encoding="utf-8"))]
    outcomes = [(vector, outcome(vector)) for vector in vectors]
    failed = [(vector, differences) for vector, differences in outcomes if differences]
    for vector, differences in failed[:MOST_VECTORS_SHOWN]:
        print_differences(vector, differences)
    if rest := [vector["id"] for vector, _ in failed[MOST_VECTORS_SHOWN:]]:
        print(f"... and {len(rest)} more: {' '.join(rest)}\n")
    print_counts("kind", outcomes, lambda vector: [vector["kind"]])
    print_counts("tag", outcomes, lambda vector: vector["tags"])
    print(f"\n{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def outcome(vector: Vector) -> list[Difference]:
    """The differences; a vector that the engine does not support has one."""
    try:
        return CHECKS[vector["kind"]](vector)
    except NOT_KNOWN as error:
        return [("not supported", "figures", f"{type(error).__name__}: {error}")]


def print_differences(vector: Vector, differences: list[Difference]) -> None:
    print(f"{vector['id']} ({vector['kind']}: {', '.join(vector['tags'])}; {vector['source']})")
    for what, expected, actual in differences[:MOST_DIFFERENCES_SHOWN]:
        print(f"    {what}\n        expected {expected}\n        actual   {actual}" if expected else f"    {what}")
    if len(differences) > MOST_DIFFERENCES_SHOWN:
        print(f"    ... and {len(differences) - MOST_DIFFERENCES_SHOWN} more")
    print()


def print_counts(
    title: str, outcomes: list[tuple[Vector, list[Difference]]], names: Callable[[Vector], list[str]]
) -> None:
    seen = Counter(name for vector, _ in outcomes for name in names(vector))
    passed = Counter(name for vector, differences in outcomes if not differences for name in names(vector))
    print(f"by {title}")
    for name, count in sorted(seen.items()):
        print(f"    {name:<28} {passed[name]:>4} of {count:>4}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
