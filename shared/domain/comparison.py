"""What a table of points would have decided, beside what was decided: counts that add up over pages."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.scoring import Decision


@dataclass(frozen=True, slots=True)
class Comparison:
    """`outcomes` and `grades` count applications by what was decided, and then by what the table says.

    `skipped` could not be made again: they are undecided, or their borrower is erased.
    """

    compared: int
    skipped: int
    outcomes: Mapping[str, Mapping[str, int]]
    grades: Mapping[str, Mapping[str, int]]


def comparison(pairs: Iterable[tuple[Decision, Decision]], skipped: int) -> Comparison:
    """Of decisions and what the table makes of the same facts."""
    pairs = list(pairs)
    return Comparison(
        compared=len(pairs),
        skipped=skipped,
        outcomes=_matrix((was.outcome, now.outcome) for was, now in pairs),
        grades=_matrix((was.grade, now.grade) for was, now in pairs),
    )


def _matrix(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    counts, found = Counter(pairs), dict[str, dict[str, int]]()
    for (was, now), count in sorted(counts.items()):
        found.setdefault(was, {})[now] = count
    return found
