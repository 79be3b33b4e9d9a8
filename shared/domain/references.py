"""The reference that finds a loan, or an order to repay one, from a bank transfer or a code that was scanned.

It holds the id itself, so that nothing is looked up: its 26 characters, a digit for what the money is meant for, and
a check character (ISO 7064, MOD 37,36), which finds every single mistake and nearly every exchange of neighbours.
28 letters and digits fit a UPI intent (35) and the remarks of an Indian bank transfer.
"""

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Of an order, which says itself what the money is meant for, or of a loan.
ORDER = "order"
PURPOSES = {"0": ORDER, "1": "instalment", "2": "prepayment", "3": "foreclosure"}
# Crockford's letters, which no id has, read as the digits that they look like.
_LOOKS_LIKE = str.maketrans("ILO", "110")
_FORM = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}[0-3]")


def reference(thing_id: str, purpose: str = "instalment") -> str:
    """28 characters, for `loan_` or `pay_` and 26 of Crockford's digits and letters."""
    digit = next(digit for digit, meaning in PURPOSES.items() if meaning == purpose)
    named = thing_id.partition("_")[2] + digit
    return named + _check_character(named)


def grouped(reference: str) -> str:
    """In fours, for people to read and type."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def read(text: str) -> tuple[str, str] | None:
    """The id and what the money is meant for; None when it is no reference, or has a mistake in it."""
    typed = re.sub(r"[\s-]", "", text).upper()
    # The check character may be one of those letters, so that it is taken as it is typed.
    named, check = typed[:-1].translate(_LOOKS_LIKE), typed[-1:]
    if not _FORM.fullmatch(named) or _check_character(named) != check:
        return None
    purpose = PURPOSES[named[-1]]
    return f"{'pay' if purpose == ORDER else 'loan'}_{named[:-1]}", purpose


def _check_character(named: str) -> str:
    modulus = len(ALPHABET)
    check = modulus // 2
    for character in named:
        check = ((check or modulus) * 2 % (modulus + 1) + ALPHABET.index(character)) % modulus
    return ALPHABET[(1 - (check or modulus) * 2 % (modulus + 1)) % modulus]
