"""A bank by what its market names accounts with: a branch's IFSC in India, the first digits of a card in China."""

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from shared.adapters.bank_cards import DEBIT, card
from shared.adapters.ifsc import is_known_branch
from shared.domain.beneficiary import Beneficiary
from shared.domain.errors import Refused


def bank_of(account: Beneficiary, scheme: str) -> str | None:
    """The bank's name, None where only its bank knows. `scheme` is the market's. Raises `Refused`: `ifsc_unknown` for
    a branch that there is not or where there are none such, `card_not_debit` for a card that lends money itself."""
    return _SCHEMES[scheme](account)


def is_cnaps(code: str) -> bool:
    """Whether it is a code of a bank in China's payment system: three digits of the bank, four of the city, four of the
    branch, and a check digit by ISO 7064 MOD 11,10."""
    try:
        return len(code) == 12 and code.isascii() and bool(mod_11_10.validate(code))
    except ValidationError:
        return False


def _by_branch(account: Beneficiary) -> str | None:
    if account.ifsc is None or not is_known_branch(account.ifsc):
        raise Refused("ifsc_unknown", "This IFSC names no branch of a bank of your market.", "/ifsc")
    return None


def _by_card(account: Beneficiary) -> str | None:
    if account.ifsc is not None:
        raise Refused("ifsc_unknown", "Banks of your market have no IFSC.", "/ifsc")
    known = card(account.account_number)
    if known is not None and known.kind != DEBIT:
        raise Refused(
            "card_not_debit",
            "This is no debit card, but another of {bank}; a loan is paid to a debit card only.",
            "/account_number",
            bank=known.bank,
        )
    return known.bank if known else None


_SCHEMES = {"ifsc": _by_branch, "cnaps": _by_card}
