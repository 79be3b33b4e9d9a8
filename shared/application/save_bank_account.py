"""Save the account that payouts go to, and ask its bank whose it is; the last one sent holds."""

from datetime import datetime

from shared.adapters.banks import bank_of
from shared.adapters.borrower_notices import to_alert
from shared.adapters.borrowers import Borrowers
from shared.adapters.keyed_hash import Index
from shared.adapters.rails import NoAnswer, Rails
from shared.adapters.table import Table
from shared.application.mark_shared import BANK_ACCOUNT, VERIFIED, first_told, mark_shared, prove_account
from shared.domain import names
from shared.domain.bank_accounts import require_may_ask
from shared.domain.beneficiary import AtBank, Beneficiary
from shared.domain.borrowers import check_account_number
from shared.domain.errors import Unavailable
from shared.domain.telling import Alert
from shared.markets import market_at

CHANGED = "bank_account_changed"


def save_bank_account(
    borrowers: Borrowers,
    index: Index,
    rails: Rails,
    borrower_id: str,
    account: Beneficiary,
    check_id: str,
    at: datetime,
    told: Table,
) -> None:
    """Of an account in the place of another he is told, in one write; `told` is the book in which that lies.

    Raises `account_number_invalid`, `ifsc_unknown`, `card_not_debit` or `name_invalid` with the field's pointer, and
    `too_many_attempts`.

    An account that is not verified is kept too, and takes no money: the borrower sees why and mends it. `check_id`
    names the question to the bank, which costs a coin; a lost reply may cost another.
    """
    borrower = borrowers.people.get(borrower_id)
    market = market_at(borrower.market, at)
    check_account_number(account.account_number, market)
    bank = bank_of(account, market.bank_scheme)
    named = Beneficiary(names.name(account.holder_name, "/holder_name"), account.account_number, account.ifsc)
    require_may_ask(borrower, market.account, at)
    try:
        at_bank = rails(market.rails.money).holder(check_id, named)
    except NoAnswer:
        at_bank = None
    people, hashed = borrowers.people, first_told(index, BANK_ACCOUNT, _told(named))
    mark_shared(borrower_id, BANK_ACCOUNT, hashed, people=people)
    alert = to_alert(told, Alert(borrower_id, CHANGED, at))
    if borrowers.save_beneficiary(borrower_id, named, at_bank, market.account, at, bank, [alert]) == VERIFIED:
        prove_account(borrower_id, hashed, people=people)


def check_bank_account(
    borrowers: Borrowers, index: Index, rails: Rails, borrower_id: str, check_id: str, at: datetime
) -> None:
    """Asks once more about an account that is not verified. Raises `Unavailable` while its bank does not answer."""
    asked = list[str]()

    market = market_at(borrowers.people.get(borrower_id).market, at)

    def ask(account: Beneficiary) -> AtBank:
        asked.append(_told(account))
        try:
            return rails(market.rails.money).holder(check_id, account)
        except NoAnswer as error:
            says = "Your bank does not answer at the moment. Please try again later."
            raise Unavailable("temporarily_unavailable", says) from error

    if borrowers.check_beneficiary(borrower_id, market.account, ask, at) == VERIFIED:
        prove_account(borrower_id, first_told(index, BANK_ACCOUNT, asked[-1]), people=borrowers.people)


def _told(account: Beneficiary) -> str:
    return f"{account.ifsc}/{account.account_number}"
