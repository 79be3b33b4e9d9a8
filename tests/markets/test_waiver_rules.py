"""The waiver programmes: every loan of the market finds its row, and a part of the budget has room for each waiver."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from shared.domain.waiver_budget import PARTS
from shared.domain.waiver_rules import WaiverProgramme
from shared.markets import CODES, market

TODAY = date(2026, 11, 22)
# More than a tenth of a loan no penal charge comes to within the days in which a waiver may be asked for.
DEAREST = Decimal("0.10")


@pytest.mark.parametrize("code", CODES)
def test_a_part_of_the_budget_has_room_for_the_dearest_waiver(code: str) -> None:
    here = market(code, TODAY)

    assert here.waivers.monthly_budget // PARTS >= here.amount_minor.most * DEAREST


@pytest.mark.parametrize("code", CODES)
def test_the_worse_the_grade_or_the_later_the_smaller_the_share(code: str) -> None:
    rows = [row for _, row in market(code, TODAY).waivers.shares]

    for row in rows:
        shares = [row[grade] for grade in sorted(row)]
        assert shares == sorted(shares, reverse=True)
    for earlier, later in pairwise(rows):
        assert all(later[grade] <= earlier[grade] for grade in later)


@pytest.mark.parametrize("code", CODES)
def test_the_programme_ends_where_nothing_is_given_up_any_more(code: str) -> None:
    programme = market(code, TODAY).waivers

    assert programme.row(programme.ask_within_days)
    assert not programme.row(programme.shares[0][0] - 1)
    assert not programme.row(90)


def test_a_share_beyond_the_whole_and_limits_out_of_order_are_refused() -> None:
    known = market("in", TODAY).waivers

    wrong: tuple[dict[str, Any], ...] = (
        {"shares": ((4, {"A": Decimal("1.1")}),)},
        {"shares": ((30, {}), (4, {}))},
        {"reviewer_most": known.approver_most + 1},
    )
    for changes in wrong:
        fields = {name: getattr(known, name) for name in WaiverProgramme.__dataclass_fields__}
        with pytest.raises(AssertionError):
            WaiverProgramme(**{**fields, **changes})
