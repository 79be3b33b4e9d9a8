"""The model card: what the table is made of, how good it is, whom it treats how. Its words are in `card.md`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.scorecard import declared
from infra.scorecard.declared import EDITIONS, PLACES, Judged, JudgedKinds, Kinds
from infra.scorecard.findings import Findings
from infra.scorecard.table import Part, start_of
from shared.domain.scorecard import PURPOSES

WORDS = Path(__file__).with_name("card.md")
FROM = {
    "monthly_income": "`Income`, in percent of the applicant in the middle",
    "employment": "`Job`",
    "months_employed": "`Seniority` (whole years) x 12",
    "instalment_percent": "`Amount` over `Time` months at 15 % a year, in percent of `Income`",
    **{measure.name: "nothing: **judgement**" for measure in EDITIONS[-1].judged},
}


def text(found: Findings, files: Mapping[str, str]) -> str:
    """`files` are the tables of points with their SHA-256."""
    names = {name: getattr(found, name) for name in Findings.__slots__}
    return WORDS.read_text().format_map(names | _declared() | _ratios(found) | _tables(found, files))


def _declared() -> dict[str, Any]:
    return {
        "anchor": declared.ANCHOR,
        "odds": declared.ODDS,
        "doubling": declared.DOUBLING,
        "approve_from": declared.APPROVE_FROM,
        "refer_from": declared.REFER_FROM,
        "least_share": declared.LEAST_SHARE,
        "least_difference": declared.LEAST_DIFFERENCE,
        "neutral": declared.OBLIGATIONS.neutral,
        "middles": " and ".join(f"{place.middle_income:,} {place.unit}" for place in PLACES),
    }


def _ratios(found: Findings) -> dict[str, Any]:
    source, young = found.source, found.ages[0]
    women, men, black, white = found.sexes
    return {
        "rows": len(source.applicants) + source.left_out,
        "used": len(source.applicants),
        "left_out_bad": source.left_out_bad / source.left_out,
        "held_count": len(found.found),
        "young": young,
        "young_ratio": young.approved / max(band.approved for band in found.ages),
        "longer_young": found.longer_ages[0],
        "women_ratio": women.approved / men.approved,
        "black_ratio": black.approved / white.approved,
    }


def _tables(found: Findings, files: Mapping[str, str]) -> dict[str, str]:
    """Rows of Markdown."""
    return {
        "files": _rows((f"`{name}`", f"`{digest}`") for name, digest in files.items()),
        "measures": _rows((f"`{name}`", purpose, FROM[name]) for name, purpose in PURPOSES.items()),
        "points": "\n".join(_part(part) for part in found.table.parts),
        "judged": _rows((f"from {least}", points) for least, points, _ in reversed(declared.OBLIGATIONS.bins)),
        "starts": " and ".join(f"{start_of(found.table, each)} by edition {each.number}" for each in EDITIONS),
        "conduct": "\n".join(_rows(_judged(measure)) for measure in declared.CONDUCT),
        "rivals": _rows((f"boosted trees: {rival.name}", f"{rival.auc:.3f}") for rival in found.rivals),
        "grades": _rows(
            (band.name, band.count, f"{band.expected:.1%}", f"{band.bad_rate:.1%}") for band in found.grades
        ),
        "drifts": ", ".join(f"`{name}` {value:.3f}" for name, value in found.measures_between_halves),
        "ages": _rows(
            (band.name, band.count, *(f"{share:.1%}" for share in shares))
            for band in found.ages
            for shares in [(band.expected, band.bad_rate, band.approved, band.approved_of_good)]
        ),
        "sexes": _rows(
            (sex.name, f"{sex.count:,}", f"{sex.mean_score:.0f}", f"{sex.approved:.1%}") for sex in found.sexes
        ),
    }


def _part(part: Part) -> str:
    rows = _rows(
        (name, points, f"{group.count:,}", f"{group.bad_rate:.1%}")
        for name, group, points in zip(_names(part), part.groups, part.points, strict=True)
    )
    head = f"`{part.measure.name}`, information value {part.information:.2f}"
    return f"{head}\n\n| Bin | Points | People | Bad |\n|---|---|---|---|\n{rows}\n"


def _judged(measure: Judged | JudgedKinds) -> list[tuple[Any, ...]]:
    """A row for each bin, the one with the most points first."""
    bins = sorted(measure.bins, key=lambda bin: -bin[1])
    return [(f"`{measure.name}`", says, points) for _, points, says in bins]


def _names(part: Part) -> list[str]:
    if isinstance(part.measure, Kinds):
        return [f"{', '.join(ours) or 'all others'} (`{'`, `'.join(data)}`)" for ours, data, _ in part.measure.bins]
    return [f"from {group.at}" for group in part.groups]


def _rows(rows: Any) -> str:
    return "\n".join(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)
