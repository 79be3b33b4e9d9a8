"""The tables of points: what is in the repository is what the data gave, in order, with a reason for every bin."""

import dataclasses
import inspect
import json
import typing
from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.domain.borrowers import EMPLOYMENTS, Features, Means
from shared.domain.conduct import RELIEF, Conduct
from shared.domain.lateness import Step
from shared.domain.loan_conduct import conduct
from shared.domain.scorecard import CONDUCT, PURPOSES, Factor, Scorecard
from shared.domain.scoring import decide, measures
from shared.markets import CODES, market
from shared.markets.scorecards import UndeclaredMeasure, as_scorecard, scorecard
from tests.sandbox import INDIA, TODAY, earning, rupees

ROOT = Path(__file__).resolve().parents[2]
CARD = ROOT / "docs" / "operator" / "scorecard.md"
FILES = sorted((ROOT / "shared" / "markets").glob("scorecard_*.json"))
# Whoever has more of these is less of a risk; of the others, more.
RISING = {"monthly_income", "months_employed", "loans_repaid"}
# What a bureau knows, and what the law or decency keeps out of a decision.
KEPT_OUT = (
    "bureau",
    "cibil",
    "rating",
    "record",
    "delinquen",
    "sex",
    "gender",
    "marri",
    "marital",
    "caste",
    "relig",
    "nation",
    "ethnic",
    "health",
    "contact",
    "device",
    "location",
    "postal",
    "name",
    "age_years",
    "birth",
)


def read(**changes: Any) -> Any:
    return json.loads(FILES[0].read_text()) | changes


def cards() -> list[Scorecard]:
    return [scorecard(market(code, TODAY).scorecard) for code in CODES]


def numbered(card: Scorecard) -> list[Factor]:
    return [factor for factor in card.factors if factor.name not in ("employment", "relief")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_table_is_the_one_whose_hash_its_model_card_states(file: Path) -> None:
    """`make scorecard` writes both; who edits a table by hand, or a card without making it again, is found here."""
    digest = sha256(file.read_bytes()).hexdigest()

    assert f"| `shared/markets/{file.name}` | `{digest}` |" in CARD.read_text()


def test_the_model_card_has_its_pictures() -> None:
    shown = [line.rpartition("(")[2].rstrip(")") for line in CARD.read_text().splitlines() if line.startswith("![")]

    assert len(shown) >= 4
    assert all((CARD.parent / picture).read_text().startswith("<?xml") for picture in shown)


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.version)
def test_every_bin_tells_its_reason_in_a_sentence_of_its_own(card: Scorecard) -> None:
    told = [bin.says for factor in card.factors for bin in factor.bins]

    assert all(says.endswith(".") and len(says) > 15 for says in told)
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.version)
def test_points_go_one_way(card: Scorecard) -> None:
    for factor in numbered(card):
        points = [bin.points for bin in factor.bins]
        assert points == sorted(points, reverse=factor.name in RISING), factor.name
        assert len(set(points)) == len(points), factor.name
        assert 0 in points, factor.name


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.version)
def test_the_bins_of_a_factor_hold_all_whom_the_table_was_made_of(card: Scorecard) -> None:
    for factor in card.factors:
        shares = [bin.share for bin in factor.bins if bin.share is not None]
        assert len(shares) in (0, len(factor.bins)), factor.name
        if shares:
            assert abs(sum(shares, Decimal(-1))) < Decimal("0.001"), factor.name
            assert min(shares) >= Decimal("0.05"), factor.name


def test_the_tables_of_all_markets_weigh_alike() -> None:
    weighed = {tuple((bin.points, bin.share) for factor in card.factors for bin in factor.bins) for card in cards()}

    assert len(weighed) == 1


@pytest.mark.parametrize("employment", EMPLOYMENTS)
def test_every_employment_that_a_profile_can_state_has_its_bin(employment: str) -> None:
    for card in cards():
        factor = next(factor for factor in card.factors if factor.name == "employment")
        assert factor.bin_of(employment) in factor.bins


@pytest.mark.parametrize("relief", RELIEF)
def test_every_end_of_relief_has_its_bin_and_the_worse_has_no_more_points(relief: str) -> None:
    for card in cards():
        factor = next(factor for factor in card.factors if factor.name == "relief")
        points = [factor.bin_of(each).points for each in RELIEF]
        assert points == sorted(points, reverse=True)
        assert factor.bin_of(relief) in factor.bins


def test_a_score_looks_at_what_has_a_declared_purpose_and_at_nothing_else() -> None:
    assert set(measures(earning(), rupees(1_000))) == set(PURPOSES)
    assert all({factor.name for factor in card.factors} == set(PURPOSES) for card in cards())
    assert all(PURPOSES.values())


def fields(kind: type[Any]) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


def test_what_is_looked_at_is_stated_by_the_borrower_himself_or_was_done_on_loans_of_ours() -> None:
    """The profile's own fields, with the age in place of the birth date: there is nothing for a bureau to fill."""
    assert fields(Features) == fields(Means) - {"birth_date"} | {"age_years", "conduct"}
    assert fields(Conduct) == set(CONDUCT)


def test_conduct_is_read_off_loans_of_ours_and_off_nothing_else() -> None:
    assert list(inspect.signature(conduct).parameters) == ["lives", "rules", "on"]
    assert typing.get_type_hints(conduct)["lives"] == Iterable[Sequence[Step]]


@pytest.mark.parametrize(("kind", "told"), [(Features, "cibil_score"), (Conduct, "bureau_rating"), (Means, "record")])
def test_one_more_field_among_the_facts_is_found_here(kind: type[Any], told: str) -> None:
    """The tests above are what stands between a bureau and a decision: they have to notice a field too many."""
    more = dataclasses.make_dataclass("More", [told], bases=(kind,), kw_only=True, frozen=True)

    assert fields(more) != fields(kind)
    assert any(kept_out in told for kept_out in KEPT_OUT)


def test_who_never_borrowed_here_scores_by_both_editions_alike() -> None:
    first, second = (decide(INDIA, scorecard(f"in-{number}"), earning(), rupees(20_000), 12) for number in (1, 2))

    assert (first.score, first.grade, first.outcome) == (second.score, second.grade, second.outcome)


@pytest.mark.parametrize("kept_out", KEPT_OUT)
def test_nothing_that_a_bureau_knows_or_the_law_forbids_is_looked_at(kept_out: str) -> None:
    assert not [name for name in PURPOSES if kept_out in name]


def test_a_bureau_s_rating_has_no_place_among_the_facts() -> None:
    facts: dict[str, Any] = {"bureau_score": 750}

    with pytest.raises(TypeError):
        dataclasses.replace(earning(), **facts)


@pytest.mark.parametrize("name", ["bureau_score", "sex", "age_years", "phone_contacts"])
def test_a_table_that_looks_at_something_undeclared_is_not_loaded(name: str) -> None:
    factor = {"name": name, "bins": [{"least": 0, "points": 100, "says": "Another's word about you."}]}

    with pytest.raises(UndeclaredMeasure, match=name):
        as_scorecard(read(factors=[*read()["factors"], factor]))
