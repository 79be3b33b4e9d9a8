"""What a lender's day comes to: principal that came back, fees, and what rail and partner say of it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shared.domain.flows import Flow, flow
from shared.domain.ledger import Entry
from shared.domain.settled_day import Compared, PlatformFee, booked, fingerprint, freed
from tests.domain.lending import LENT_ON, Life, contract, rupees

DUE_ON = date(2026, 2, 28)


def flows(entries: list[Entry]) -> list[Flow]:
    """Each entry as a step of its own."""
    return [flow("loan_1", [entry], DUE_ON) for entry in entries]


def paid() -> Life:
    life = Life(contract()).until(DUE_ON)
    life.pay(rupees("969.73"), DUE_ON)
    return life


def test_what_repayments_settle_of_the_principal_comes_back() -> None:
    life = paid()
    [entry] = [entry for entry in life.entries if entry.kind == "repayment"]

    assert freed(flows(life.entries)) == -entry.moved("principal") > 0


def test_neither_the_payout_nor_a_write_off_is_capital_that_comes_back() -> None:
    life = Life(contract())
    assert freed(flows(life.entries)) == 0
    life.write_off(date(2026, 9, 30))

    assert life.loan.written_off > 0 and freed(flows(life.entries)) == 0


def test_a_repayment_that_came_back_counts_against_what_came() -> None:
    assert freed(flows(paid().comes_back(1).entries)) == 0


@pytest.mark.parametrize(
    ("lent", "owed"), [(2_000_000, (20_000, 3_600)), (-2_000_000, (-20_000, -3_600)), (50, (1, 0)), (0, (0, 0))]
)
def test_the_platforms_fee_is_rounded_half_up_and_given_back_with_a_payout(lent: int, owed: tuple[int, int]) -> None:
    assert PlatformFee(Decimal("0.01"), Decimal("0.18")).of(lent) == owed


def test_the_lender_owes_the_fee_and_gets_what_was_called_in() -> None:
    day = booked(
        flows(Life(contract()).entries),
        partner_id="partner",
        market="in",
        currency="INR",
        on=LENT_ON,
        fee=PlatformFee(Decimal("0.01"), Decimal("0.18")),
        invoked=30_000,
        shared_back=500,
        at=datetime(2026, 2, 1, tzinfo=UTC),
    )

    assert (day.net, day.lent, day.movements) == (-1_960_000, 2_000_000, 1)
    assert day.owed_by_lender == 20_000 + 3_600 + 500 - 30_000


def test_the_order_in_which_movements_are_found_does_not_matter() -> None:
    found = flows(paid().entries)

    assert fingerprint(found) == fingerprint(reversed(found)) != fingerprint(found[:1])


def test_what_is_left_between_a_statement_and_the_books_is_what_differs() -> None:
    said = Compared(lines=4, net=1_000, elsewhere=300, held=200, other_days=50, sha256="")

    assert said.left(550) == 0
    assert said.left(600) == -50
