"""Each kind of thing has one rail whose word counts: that which moves it."""

import pytest

from shared.domain.rails import MANDATE, PAYOUT, TRANSFER, RailNames, tells_of
from shared.markets import CODES, market
from tests.domain.lending import LENT_ON

INDIA, CHINA = RailNames("upi", "card"), RailNames("nucc", "cardcn")
ALL = ("upi", "card", "nucc", "cardcn")


@pytest.mark.parametrize("what", [PAYOUT, MANDATE, TRANSFER, "upi", "bank_transfer", "mandate"])
@pytest.mark.parametrize("names", [INDIA, CHINA])
def test_money_is_told_of_by_the_rail_that_moves_it_alone(what: str, names: RailNames) -> None:
    assert [rail for rail in ALL if tells_of(rail, what, names)] == [names.money]


@pytest.mark.parametrize("names", [INDIA, CHINA])
def test_what_is_paid_on_a_page_is_told_of_by_the_rail_of_the_page_alone(names: RailNames) -> None:
    assert [rail for rail in ALL if tells_of(rail, "card", names)] == [names.pages]


def test_after_a_change_of_rails_both_that_of_the_order_and_todays_count() -> None:
    now = RailNames("upi2", "card")

    assert [rail for rail in ("upi", "upi2", *ALL[1:]) if tells_of(rail, TRANSFER, INDIA, now)] == ["upi", "upi2"]
    assert not tells_of("upi", TRANSFER)


def test_no_two_markets_share_a_rail() -> None:
    names = [name for code in CODES for name in (market(code, LENT_ON).rails.money, market(code, LENT_ON).rails.pages)]

    assert len(set(names)) == len(names)
