"""Borrowers in China, with numbers that are well made and nobody's."""

from infra.local.borrower import Person

# ISO 7064, MOD 11-2, as GB 11643 gives each place its weight.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def in_china(number: int) -> Person:
    """Somebody with a phone, a resident identity number and a bank card of her own, one of a thousand."""
    assert 0 <= number < 1000, number
    return Person(
        phone=f"+8613912{number:06d}",
        name="林晓梅",
        birth_date="1994-06-15",
        pan="",
        account_number=_card(f"622848{number:012d}"),
        ifsc="",
        identity_number=_resident(f"11010119940615{number:03d}"),
        address=("湖滨南路14号", "厦门市", "福建省", "361004"),
        market="cn",
        currency="CNY",
        paper="resident_identity_card",
        pays_by="bank_transfer",
        monthly_income=1_200_000,
        monthly_obligations=80_000,
        language="zh",
    )


def _resident(first: str) -> str:
    """With its check digit."""
    return first + CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first, strict=True)) % 11]


def _card(first: str) -> str:
    """With the check digit of ISO/IEC 7812-1, Luhn's."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in first[::-2])
    return f"{first}{-(doubled + sum(map(int, first[-2::-2]))) % 10}"
