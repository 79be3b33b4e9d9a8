"""What a borrower must be and have before they may apply."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.domain.borrowers import (
    Borrower,
    Means,
    age_years,
    check_account_number,
    check_means,
    features,
    masked,
    masked_name,
    missing,
)
from shared.domain.errors import Refused
from shared.domain.market import Market
from shared.domain.money import Money
from shared.markets import market

TODAY = date(2026, 11, 22)
INDIA, CHINA = market("in", TODAY), market("cn", TODAY)
MEANS = Means(date(1995, 6, 1), Money(5_000_000, "INR"), Money(0, "INR"), "salaried", 30)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 11, 23), date(2026, 11, 22), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_an_age_is_in_whole_years(born: date, on: date, years: int) -> None:
    assert age_years(born, on) == years


def test_the_scorer_sees_an_age_and_no_birth_date() -> None:
    assert features(MEANS, TODAY).age_years == 31
    assert not hasattr(features(MEANS, TODAY), "birth_date")


@pytest.mark.parametrize("born", [date(2008, 11, 23), date(1965, 11, 22), date(2030, 1, 1)])
def test_whoever_is_too_young_or_too_old_is_refused(born: date) -> None:
    with pytest.raises(Refused) as refusal:
        check_means(replace(MEANS, birth_date=born), INDIA, TODAY)

    assert (refusal.value.code, refusal.value.pointer) == ("age_out_of_range", "/birth_date")


@pytest.mark.parametrize("field", ["monthly_income", "monthly_obligations"])
def test_amounts_are_in_the_markets_currency(field: str) -> None:
    with pytest.raises(Refused) as refusal:
        yuan: dict[str, Any] = {field: Money(1, "CNY")}
        check_means(replace(MEANS, **yuan), INDIA, TODAY)

    assert (refusal.value.code, refusal.value.pointer) == ("currency_mismatch", f"/{field}/currency")


@pytest.mark.parametrize(
    ("number", "market"), [("123456789", INDIA), ("1" * 18, INDIA), ("6222021234567890128", CHINA)]
)
def test_an_account_number_of_the_market_is_taken(number: str, market: Market) -> None:
    check_account_number(number, market)


@pytest.mark.parametrize(
    ("number", "market"),
    [
        ("12345678", INDIA),
        ("1" * 19, INDIA),
        ("12345678a", INDIA),
        ("१२३४५६७८९", INDIA),
        ("6222021234567890127", CHINA),
        ("622202123456", CHINA),
    ],
)
def test_what_is_no_account_number_is_refused(number: str, market: Market) -> None:
    with pytest.raises(Refused) as refusal:
        check_account_number(number, market)

    assert (refusal.value.code, refusal.value.pointer) == ("account_number_invalid", "/account_number")


def test_nothing_given_leaves_everything_missing() -> None:
    needed = [f"consent:{purpose}" for purpose in INDIA.consents_needed]

    assert missing(Borrower("brw_1", "in", "en"), INDIA) == (*needed, "profile", "bank_account", "document")


def test_one_accepted_document_of_the_market_is_enough() -> None:
    ready = Borrower(
        "brw_1",
        "in",
        "en",
        consents=INDIA.consents_needed,
        has_profile=True,
        has_bank_account=True,
        accepted_documents=(INDIA.document_kinds[0],),
    )

    assert missing(ready, INDIA) == ()
    assert missing(replace(ready, accepted_documents=("library_card",)), INDIA) == ("document",)


def test_masks_show_too_little_to_be_used() -> None:
    assert masked("ABCPE1234F") == "******234F"
    assert masked_name("Asha Rao") == "A**** R****"
