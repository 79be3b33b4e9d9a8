"""Phones, identity numbers and bank branches, as those who give them out define them."""

from datetime import date

import pytest

from shared.adapters.bank_cards import Card, card
from shared.adapters.identity_numbers import identity_number
from shared.adapters.ifsc import is_known_branch
from shared.adapters.phones import market_of, masked, mobile_number
from shared.domain.errors import Refused

BORN = date(1994, 12, 31)


@pytest.mark.parametrize(
    ("text", "market", "number"),
    [
        ("98765 43210", "in", "+919876543210"),
        ("+91-98765-43210", "in", "+919876543210"),
        ("٩٨٧٦٥٤٣٢١٠", "in", "+919876543210"),
        ("138 1234 5678", "cn", "+8613812345678"),
        ("+8613812345678", None, "+8613812345678"),
    ],
)
def test_one_phone_has_one_form(text: str, market: str | None, number: str) -> None:
    assert mobile_number(text, market) == number
    assert market_of(number) == (market or "cn")


@pytest.mark.parametrize(
    ("text", "market"),
    [
        ("12345", "in"),
        ("not a phone", "in"),
        ("0120 4567890", "in"),
        ("+8613812345678", "in"),
        ("9876543210", "cn"),
        ("9876543210 ext. 5", "in"),
        ("9876543210", None),
        ("+12125550123", None),
        ("+919876543210" + "0" * 15, "in"),
    ],
)
def test_what_is_no_mobile_of_the_market_is_refused(text: str, market: str | None) -> None:
    with pytest.raises(Refused) as refusal:
        mobile_number(text, market)

    assert (refusal.value.code, refusal.value.pointer) == ("phone_invalid", "/phone")


def test_a_market_that_is_not_served_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        mobile_number("+919876543210", "xx")

    assert (refusal.value.code, refusal.value.pointer) == ("market_unknown", "/market")


def test_a_masked_phone_shows_its_last_four_digits() -> None:
    assert masked("+919876543210") == "+91******3210"


def test_a_pan_of_a_person_is_taken_in_capitals() -> None:
    assert identity_number("abcpe1234f", "pan", BORN) == "ABCPE1234F"


@pytest.mark.parametrize(
    "text", ["", "ABCPE1234", "ABCPE12345", "ABCCE1234F", "ABCPE0000F", "ABCPE१२३४F", "1BCPE1234F"]
)
def test_what_is_no_pan_of_a_person_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        identity_number(text, "pan", BORN)

    assert (refusal.value.code, refusal.value.pointer) == ("pan_invalid", "/pan")


def test_a_resident_identity_number_carries_its_owners_birth_date() -> None:
    assert identity_number("11010519491231002X", "resident", date(1949, 12, 31)) == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("11010519491231002X", BORN),
        ("110105194912310021", date(1949, 12, 31)),
        ("", BORN),
        ("ABCPE1234F", BORN),
    ],
)
def test_what_is_no_resident_identity_number_is_refused(text: str, born: date) -> None:
    with pytest.raises(Refused) as refusal:
        identity_number(text, "resident", born)

    assert (refusal.value.code, refusal.value.pointer) == ("identity_number_invalid", "/identity_number")


@pytest.mark.parametrize("ifsc", ["SBIN0000001", "HDFC0000001", "ICIC0000001", "KKBK0000958"])
def test_a_published_branch_is_known(ifsc: str) -> None:
    assert is_known_branch(ifsc)


@pytest.mark.parametrize(
    "ifsc", ["", "SBIN0000000", "SBIN1000001", "sbin0000001", "XXXX0000001", "SBIN00000011", "SBIN000000१"]
)
def test_any_other_code_is_not_known(ifsc: str) -> None:
    assert not is_known_branch(ifsc)


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("6228480000000000018", Card("中国农业银行", "DC")),
        ("6222021234567890128", Card("中国工商银行", "DC")),
        ("6228100000000000", Card("中国邮政储蓄银行", "CC")),
        ("622848000000000001", None),
        ("1234567890123456", None),
        ("", None),
    ],
)
def test_a_card_is_known_by_its_first_digits_and_its_length(number: str, known: Card | None) -> None:
    assert card(number) == known
