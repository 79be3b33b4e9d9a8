"""Merchants as data: who may be paid, and into which account."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.table import load
from shared.domain.errors import Refused
from shared.domain.merchants import Merchant, check, require_live
from shared.domain.money import total
from tests.sandbox import CHINA, INDIA, MERCHANTS, PARTNERS, rupees

LOTUS, BANYAN, MEIHUA = (load(Merchant, written) for written in MERCHANTS)


def test_the_sandboxs_merchants_may_be_stored() -> None:
    for merchant, market in ((LOTUS, INDIA), (BANYAN, INDIA), (MEIHUA, CHINA)):
        check(merchant, market)


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (replace(LOTUS.account, account_number="12"), "account_number_invalid"),
        (replace(LOTUS.account, ifsc=None), "ifsc_unknown"),
    ],
)
def test_an_account_that_no_bank_has_is_refused(account: object, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(replace(LOTUS, account=account), INDIA)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_merchant_is_live_from_its_first_day_to_its_last() -> None:
    assert BANYAN.live_until is not None
    assert [BANYAN.is_live(BANYAN.live_from + timedelta(days)) for days in (-1, 0)] == [False, True]
    assert [BANYAN.is_live(BANYAN.live_until + timedelta(days)) for days in (0, 1)] == [True, False]
    with pytest.raises(Refused):
        check(replace(BANYAN, live_until=BANYAN.live_from - timedelta(1)), INDIA)


@pytest.mark.parametrize("merchant", [None, BANYAN, MEIHUA])
def test_nothing_is_bought_from_a_merchant_who_is_not_live_here(merchant: Merchant | None) -> None:
    with pytest.raises(Refused) as refusal:
        require_live(merchant, "in", date(2026, 11, 23))
    assert (refusal.value.code, refusal.value.pointer) == ("merchant_not_live", "/merchant_id")


@given(st.integers(5_000, 90_000), st.sampled_from(sorted(PARTNERS)))
def test_the_fees_come_to_the_price_so_that_the_merchant_is_paid_whole(whole: int, partner_id: str) -> None:
    price = rupees(whole)
    for product in PARTNERS[partner_id].products:
        principal = INDIA.with_fees(product.fees, price)
        fees = total((fee.gross for fee in INDIA.fees(product.fees, principal)), "INR")

        assert principal - fees == price
