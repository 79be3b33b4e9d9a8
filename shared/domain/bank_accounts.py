"""Whether money may go to a borrower's account: its bank has said that it is his, and it was not changed just now."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.beneficiary import AccountRules
from shared.domain.borrowers import Borrower
from shared.domain.errors import Refused

# By what the bank said of the account.
NOT_VERIFIED = {
    "name_differs": "Your bank account is in another name.",
    "not_found": "Your bank account is not known to its bank.",
}
NOT_CHECKED = "Your bank account was not checked with its bank yet."


def require_may_ask(borrower: Borrower, rules: AccountRules, at: datetime) -> None:
    """Raises `Refused` (too_many_attempts) when his bank was asked as often as may be within a day."""
    if len(_of_the_day(borrower, at)) >= rules.most_asked_a_day:
        raise Refused("too_many_attempts", "Your bank was asked often enough for a day. Please try tomorrow.")


def checked(borrower: Borrower, rules: AccountRules, found: str | None, at: datetime) -> Borrower:
    """The borrower with an account that was saved now, and what its check found.

    The first account that is verified may be used at once; one that replaces it only after the cooling hours.
    """
    asked = (*_of_the_day(borrower, at), at)
    account = replace(borrower, has_bank_account=True, account_check=found, account_asked_at=asked)
    if found != "verified":
        return account
    cooling = timedelta(hours=rules.cooling_hours) if borrower.account_usable_from else timedelta()
    return replace(account, account_usable_from=at + cooling)


def require_usable(borrower: Borrower, time_zone: str, at: datetime) -> None:
    """Raises `Refused` (account_not_verified, account_cooling) when no money may go to the account now."""
    if borrower.account_check != "verified" or borrower.account_usable_from is None:
        raise Refused("account_not_verified", NOT_VERIFIED.get(borrower.account_check or "", NOT_CHECKED))
    if at < borrower.account_usable_from:
        since = borrower.account_usable_from.astimezone(ZoneInfo(time_zone))
        raise Refused(
            "account_cooling", "Your bank account was changed. Money may go there from {since} on.", since=since
        )


def account_stands(borrower: Borrower, at: datetime) -> str:
    """Whether money may go to the account on file at this moment: `go`, `wait`, or `never` while it is that one.

    It waits after a change of account, and while the bank has not said whose the new one is.
    """
    if borrower.account_check in ("name_differs", "not_found"):
        return "never"
    usable_from = borrower.account_usable_from
    return "go" if borrower.account_check == "verified" and usable_from and at >= usable_from else "wait"


def _of_the_day(borrower: Borrower, at: datetime) -> tuple[datetime, ...]:
    return tuple(asked for asked in borrower.account_asked_at if at - asked < timedelta(days=1))
