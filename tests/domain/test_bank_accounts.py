"""Money goes to an account of the borrower's own, and not at once to one that was changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.bank_accounts import account_stands, checked, require_may_ask, require_usable
from shared.domain.beneficiary import AccountRules, AtBank, check, is_same
from shared.domain.borrowers import Borrower
from shared.domain.errors import Refused

ZONE = "Asia/Kolkata"
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
INDIA, CHINA = AccountRules(24, is_exact=False, most_asked_a_day=2), AccountRules(24, is_exact=True, most_asked_a_day=2)
NOBODY = Borrower("brw_asha", "in", "en")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Asha Verma", "ASHA VERMA", True),
        ("Asha Verma", "Verma Asha", True),
        ("Asha Verma", "Asha K. Verma", True),
        ("R. Kumar", "Ravi Kumar", True),
        ("R Kumar", "Ravi Sharma", False),
        ("R K", "Ravi Kumar", False),
        ("Asha Verma", "Asha Sharma", False),
        ("Asha Asha", "Asha Verma", False),
        ("José D'Souza", "JOSE\u0301 D SOUZA", True),
        ("आशा वर्मा", "आशा वर्मा", True),
        ("Asha Verma", "आशा वर्मा", False),
        ("Asha", ".", False),
    ],
)
def test_names_are_compared_as_banks_write_them(one: str, other: str, same: bool) -> None:
    assert is_same(INDIA, one, other) == is_same(INDIA, other, one) == same


@pytest.mark.parametrize(
    ("one", "other", "same"), [("王小明", "王 小明", True), ("王小明", "王小", False), ("", "", False)]
)
def test_chinese_names_are_the_same_or_not(one: str, other: str, same: bool) -> None:
    assert is_same(CHINA, one, other) == same


@pytest.mark.parametrize(
    ("holder", "person", "at_bank", "found"),
    [
        ("Asha Verma", "Asha Verma", "ASHA VERMA", "verified"),
        ("Asha Verma", None, "ASHA VERMA", "verified"),
        ("Mohan Iyer", "Asha Verma", "MOHAN IYER", "name_differs"),
        ("Asha Verma", "Asha Verma", "MOHAN IYER", "name_differs"),
        ("Asha Verma", "Asha Verma", None, "not_found"),
    ],
)
def test_an_account_is_verified_when_its_bank_names_the_person_of_the_profile(
    holder: str, person: str | None, at_bank: str | None, found: str
) -> None:
    assert check(INDIA, holder, person, AtBank(at_bank)) == found


def test_the_first_account_is_usable_at_once_and_a_later_one_after_its_hours() -> None:
    first = checked(NOBODY, INDIA, "verified", AT)
    require_usable(first, ZONE, AT)
    changed = checked(first, INDIA, "verified", AT)

    with pytest.raises(Refused, match="account_cooling"):
        require_usable(changed, ZONE, AT + timedelta(hours=24) - timedelta(seconds=1))
    require_usable(changed, ZONE, AT + timedelta(hours=24))


def test_a_wrong_account_between_two_right_ones_shortens_nothing() -> None:
    first = checked(NOBODY, INDIA, "verified", AT)
    wrong = checked(first, INDIA, "name_differs", AT)
    again = checked(wrong, INDIA, "verified", AT)

    with pytest.raises(Refused, match="account_cooling"):
        require_usable(again, ZONE, AT)


@pytest.mark.parametrize("found", [None, "name_differs", "not_found"])
def test_an_account_that_is_not_verified_takes_no_money(found: str | None) -> None:
    with pytest.raises(Refused, match="account_not_verified"):
        require_usable(checked(NOBODY, INDIA, found, AT), ZONE, AT)


def test_a_bank_is_asked_so_often_a_day_whatever_it_said() -> None:
    twice = checked(checked(NOBODY, INDIA, None, AT), INDIA, "verified", AT + timedelta(hours=1))

    with pytest.raises(Refused, match="too_many_attempts"):
        require_may_ask(twice, INDIA, AT + timedelta(hours=23))
    require_may_ask(twice, INDIA, AT + timedelta(hours=24))


@pytest.mark.parametrize(
    ("check", "usable_from", "stands"),
    [
        ("verified", AT, "go"),
        ("verified", AT + timedelta(seconds=1), "wait"),
        ("name_differs", AT, "never"),
        ("not_found", AT, "never"),
        (None, AT, "wait"),
    ],
)
def test_a_refund_waits_as_a_payout_does_and_never_goes_to_somebody_else(
    check: str | None, usable_from: datetime, stands: str
) -> None:
    assert account_stands(replace(NOBODY, account_check=check, account_usable_from=usable_from), AT) == stands
