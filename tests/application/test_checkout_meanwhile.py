"""Between a reservation and its confirmation limits and merchants end, and decisions are made anew."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters import merchants as listed_merchants
from shared.adapters.limits import Limits, changed_limit
from shared.adapters.merchants import store as store_merchant
from shared.adapters.table import ANY, Write, record
from shared.domain.limits import renewed
from shared.domain.money import Money
from tests.application.test_checkout_steps import Till, done
from tests.sandbox import AT, MERCHANTS, TODAY


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    listed_merchants._read.cache_clear()
    yield
    listed_merchants._read.cache_clear()


def set_limit(till: Till, **changes: Any) -> None:
    limit = Limits(till.onlooker()).get("brw_asha")
    assert limit is not None
    till.table.transact([Write(record(replace(limit, **changes), "brw_asha", "limit"), ANY)])


def test_what_was_reserved_on_the_limits_last_day_is_not_bought_on_the_next() -> None:
    till = Till()
    set_limit(till, valid_until=TODAY)
    till.reserve()
    till.at = AT.replace(hour=18, minute=29)
    till.reserve("late", 5_000)
    till.at += timedelta(minutes=2)

    assert done(lambda: till.confirm("late")) == "limit_over"
    assert till.payouts() == []


@pytest.mark.parametrize(
    ("granted", "end"), [("20,733.98", "done"), ("20,733.97", "limit_exceeded"), ("10,000.00", "limit_exceeded")]
)
def test_what_was_reserved_is_bought_only_within_what_a_new_decision_grants(granted: str, end: str) -> None:
    """The dearest offer's 20,733.98 are held."""
    till = Till()
    till.reserve()
    before = Limits(till.onlooker()).get("brw_asha")
    assert before is not None
    later, minor = AT + timedelta(minutes=1), int(granted.replace(",", "").replace(".", ""))
    decided = replace(before, application_id="app_2", granted=Money(minor, "INR"), granted_at=later, reserved=())
    till.table.transact([changed_limit(renewed(before, decided))])

    assert done(till.confirm) == end
    assert len(till.payouts()) == (end == "done")


def test_a_merchant_who_has_ended_meanwhile_is_not_paid() -> None:
    till = Till()
    till.reserve()
    [lotus] = [written for written in MERCHANTS if written["merchant_id"] == "lotus"]
    store_merchant(till.table, {**lotus, "live_until": (TODAY - timedelta(days=1)).isoformat()}, TODAY)
    listed_merchants._read.cache_clear()

    assert done(till.confirm) == "merchant_not_live"
    assert till.payouts() == []
