"""Save the account that payouts go to; the last one sent holds."""

from datetime import datetime

from shared.adapters.borrowers import Borrowers
from shared.adapters.ifsc import is_known_branch
from shared.domain import names
from shared.domain.beneficiary import Beneficiary
from shared.domain.borrowers import check_account_number
from shared.domain.errors import Refused
from shared.markets import market_at


def save_bank_account(borrowers: Borrowers, borrower_id: str, account: Beneficiary, at: datetime) -> None:
    """Raises `account_number_invalid`, `ifsc_unknown` or `name_invalid`, with the field's pointer."""
    market = market_at(borrowers.people.get(borrower_id).market, at)
    check_account_number(account.account_number, market)
    needs_ifsc = market.bank_scheme == "ifsc"
    if needs_ifsc != (account.ifsc is not None) or (account.ifsc and not is_known_branch(account.ifsc)):
        raise Refused("ifsc_unknown", "This IFSC names no branch of a bank of your market.", "/ifsc")
    name = names.name(account.holder_name, "/holder_name")
    borrowers.save_beneficiary(borrower_id, Beneficiary(name, account.account_number, account.ifsc), at)
