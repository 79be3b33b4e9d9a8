"""Write-offs: from when, and by whom."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shared.domain import endings
from shared.domain.endings import EndingRules, WriteOff
from shared.domain.errors import Refused
from tests.domain.lending import AT, Life, contract, rupees

RULES = EndingRules(60, Decimal("0.40"), 30, Decimal("0.30"), 2_500_000, None, 90)
# The due of 28 February is 90 days late on 29 May.
NINETY = date(2026, 5, 29)


def late(on: date) -> Life:
    return Life(contract()).until(on)


def proposed(life: Life, on: date = NINETY, before: WriteOff | None = None) -> WriteOff:
    return endings.proposed(life.loan, RULES, before, market="in", by="stf_ravi", reason="Gone.", on=on, at=AT)


def decided(write_off: WriteOff, state: str = "approved", by: str = "stf_meena") -> WriteOff:
    return endings.decided(write_off, state, by=by, because="Seen.", at=AT)


def test_a_write_off_is_for_a_loan_that_is_late_enough() -> None:
    with pytest.raises(Refused) as refusal:
        proposed(late(NINETY - timedelta(days=1)), NINETY - timedelta(days=1))
    assert refusal.value.code == "not_late_enough"


def test_nobody_approves_what_he_proposed() -> None:
    waiting = proposed(late(NINETY))

    with pytest.raises(Refused) as refusal:
        decided(waiting, by="stf_ravi")
    assert refusal.value.code == "own_approval"
    assert decided(waiting).state == "approved"


def test_a_write_off_is_proposed_again_only_after_a_no() -> None:
    life = late(NINETY)
    waiting = proposed(life)
    for before in (waiting, decided(waiting)):
        with pytest.raises(Refused) as refusal:
            proposed(life, before=before)
        assert refusal.value.code == "write_off_open"

    assert proposed(life, before=decided(waiting, "declined")).number == 2


def test_what_was_decided_is_not_decided_again() -> None:
    with pytest.raises(Refused) as refusal:
        decided(decided(proposed(late(NINETY))), "declined")

    assert refusal.value.code == "write_off_open"


def test_a_loan_that_is_over_is_not_written_off() -> None:
    life = Life(contract())
    life.pay(rupees("30000"), date(2026, 2, 5), "foreclosure")

    with pytest.raises(Refused) as refusal:
        proposed(life)
    assert refusal.value.code == "loan_not_active"
