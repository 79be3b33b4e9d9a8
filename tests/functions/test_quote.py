"""The public door: markets, quotes, lenders."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.adapters.partners import store
from shared.adapters.table import Table
from tests.functions.door import call, opened
from tests.sandbox import TODAY, WRITTEN


@pytest.fixture
def quote(loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for written in WRITTEN:
        store(loans, written, TODAY)
    with opened("quote", monkeypatch, loans=loans) as handler:
        yield handler


def asked(market: str = "in", minor: Any = 1_000_000, currency: str = "INR", tenor_months: Any = 12) -> dict[str, Any]:
    return {"market": market, "amount": {"minor": minor, "currency": currency}, "tenor_months": tenor_months}


@pytest.mark.parametrize(("market", "currency"), [("in", "INR"), ("cn", "CNY")])
def test_a_quote_shows_every_number_in_both_markets(quote: Any, market: str, currency: str) -> None:
    answer = call(quote, "POST /v1/quotes", asked(market, currency=currency))

    assert answer.status == 200
    quoted = answer.body
    paid = sum(row["total"]["minor"] for row in quoted["schedule"])
    fees = sum(fee["amount"]["minor"] + fee["tax"]["minor"] for fee in quoted["fees"])
    assert len(quoted["schedule"]) == 12
    assert quoted["total_payable"] == {"minor": paid, "currency": currency}
    assert quoted["net_disbursed"] == {"minor": 1_000_000 - fees, "currency": currency}
    assert quoted["schedule"][-1]["balance"]["minor"] == 0
    assert quoted["apr"] > quoted["annual_rate"]


@pytest.mark.parametrize(
    ("minor", "tenor_months", "first", "last"),
    [(1_000_000, 3, 342_374, 342_372), (1_000_000, 12, 90_826, 90_819), (10_000_000, 36, 352_559, 352_535)],
)
def test_an_indian_quote_is_at_1_35_percent_a_month(
    quote: Any, minor: int, tenor_months: int, first: int, last: int
) -> None:
    quoted = call(quote, "POST /v1/quotes", asked(minor=minor, tenor_months=tenor_months)).body

    assert quoted["instalment"]["minor"] == first
    assert quoted["schedule"][-1]["total"]["minor"] == last


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (asked("xx"), 404, "market_unknown", "/market"),
        (asked("IN"), 422, "invalid_request", "/market"),
        (asked(currency="CNY"), 422, "currency_mismatch", "/amount/currency"),
        (asked(minor=499_999), 422, "amount_out_of_range", "/amount/minor"),
        (asked(minor=10_000_001), 422, "amount_out_of_range", "/amount/minor"),
        (asked(tenor_months=2), 422, "tenor_out_of_range", "/tenor_months"),
        (asked(tenor_months=37), 422, "tenor_out_of_range", "/tenor_months"),
        (asked(minor="5"), 422, "invalid_request", "/amount/minor"),
        (asked(minor=True), 422, "invalid_request", "/amount/minor"),
        (asked(minor=1_000_000.0), 422, "invalid_request", "/amount/minor"),
        (asked(minor=0), 422, "invalid_request", "/amount/minor"),
        (asked() | {"extra": 1}, 422, "invalid_request", "/extra"),
        ({"market": "in"}, 422, "invalid_request", "/amount"),
    ],
)
def test_a_quote_that_cannot_be_made_says_which_field_is_at_fault(
    quote: Any, body: Any, status: int, code: str, pointer: str
) -> None:
    answer = call(quote, "POST /v1/quotes", body)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["errors"][0]["pointer"] == pointer


def test_a_market_publishes_its_rules_with_their_sources(quote: Any) -> None:
    market = call(quote, "GET /v1/markets/in").body

    assert (market["currency"], market["smallest"]["minor"], market["longest_months"]) == ("INR", 500_000, 36)
    assert {"id", "since", "until", "value", "source"} == market["rules"][0].keys()
    assert all(rule["source"] for rule in market["rules"])


def test_an_unknown_market_is_not_found(quote: Any) -> None:
    answer = call(quote, "GET /v1/markets/xx")

    assert (answer.status, answer.body["code"]) == (404, "market_unknown")


def test_the_lenders_are_named_with_whom_to_complain_to(quote: Any) -> None:
    lenders = call(quote, "GET /v1/lenders").body["lenders"]

    assert {lender["partner_id"]: lender["status"] for lender in lenders} == {
        "aravalli": "winding_down",
        **dict.fromkeys(("himadri", "kaveri", "nilgiri", "sahyadri", "tapti", "vindhya"), "live"),
        **dict.fromkeys(("emei", "qiantang", "songshan", "taihu"), "live"),
    }
    assert all(lender["grievance_officer"]["email"] for lender in lenders)
