"""What a borrower may see of themselves: flags and masks. The vault stays shut."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.people import People
from shared.adapters.table import load
from shared.domain.borrowers import missing
from shared.domain.errors import NotFound
from shared.markets import market_at


@dataclass(frozen=True, slots=True)
class BorrowerView:
    """`missing` names the steps that come before an application; there is none when `is_ready`."""

    borrower_id: str
    market: str
    language: str
    consents: tuple[str, ...]
    has_profile: bool
    has_bank_account: bool
    accepted_documents: tuple[str, ...]
    missing: tuple[str, ...]
    is_ready: bool


@dataclass(frozen=True, slots=True)
class ProfileView:
    name_masked: str
    identity_number_masked: str


@dataclass(frozen=True, slots=True)
class BankAccountView:
    """`check`: verified, name_differs or not_found; None while its bank has not answered. Money goes there only when
    it is verified, from `usable_from` on. `bank` is its name, where the account's number tells it."""

    holder_name_masked: str
    account_number_masked: str
    check: str | None
    usable_from: datetime | None
    ifsc: str | None
    bank: str | None


def show_borrower(people: People, borrower_id: str, at: datetime) -> BorrowerView:
    borrower = people.get(borrower_id)
    steps = missing(borrower, market_at(borrower.market, at))
    return BorrowerView(
        borrower_id=borrower.id,
        market=borrower.market,
        language=borrower.language,
        consents=borrower.consents,
        has_profile=borrower.has_profile,
        has_bank_account=borrower.has_bank_account,
        accepted_documents=borrower.accepted_documents,
        missing=steps,
        is_ready=not steps,
    )


def show_profile(people: People, borrower_id: str) -> ProfileView:
    """Raises `NotFound` before the first one is saved."""
    item = people.item(borrower_id, "profile")
    if item is None:
        raise NotFound("not_found", "There is no profile yet.")
    return load(ProfileView, item)


def show_bank_account(people: People, borrower_id: str) -> BankAccountView:
    """Raises `NotFound` before the first one is saved."""
    item = people.item(borrower_id, "bank_account")
    if item is None:
        raise NotFound("not_found", "There is no bank account yet.")
    borrower = people.get(borrower_id)
    return BankAccountView(
        holder_name_masked=item["holder_name_masked"],
        account_number_masked=item["account_number_masked"],
        check=borrower.account_check,
        usable_from=borrower.account_usable_from if borrower.account_check == "verified" else None,
        ifsc=item.get("ifsc"),
        bank=item.get("bank"),
    )
