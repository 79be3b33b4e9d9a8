"""The borrower gives a mandate, looks at it, takes it back; the rail tells what became of it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.loans import Loans
from shared.adapters.mandates import Mandates, changed_mandate, new_mandate
from shared.adapters.rails import MandateNews
from shared.adapters.requests import Request
from shared.application.again import again, once
from shared.domain import dues, mandates
from shared.domain.calendar import business_date
from shared.domain.errors import NotFound
from shared.domain.mandates import Mandate
from shared.domain.money import Money
from shared.markets import market

T = TypeVar("T")


def give_mandate(
    loan_id: str,
    limit: Money,
    mandate_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[Mandate], T],
) -> T:
    """What `view` makes of the mandate, kept as the request's answer. Raises `NotFound` or `Refused`.

    The loan's head is written with it, so that of two at once the second sees the first.
    """

    def give() -> T:
        loan, contract = loans.of_borrower(loan_id, request.caller)
        on = business_date(at, contract.time_zone)
        made = mandates.created(
            dues.until(loan, contract, on, at)[0],
            contract,
            market(contract.market, on).mandates,
            Mandates(loans.table).latest(loan_id),
            mandate_id=mandate_id,
            limit=limit,
            on=on,
            at=at,
        )
        answer = view(made)
        loans.book(loan, contract, [], new_mandate(made), request, answer)
        return answer

    return once(give, request, loans.table)


def show_mandate(loan_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> tuple[Mandate, date]:
    """The latest of the loan, and today. Raises `NotFound`."""
    _, contract = loans.of_borrower(loan_id, borrower_id)
    found = Mandates(loans.table).latest(loan_id)
    if found is None:
        raise NotFound("not_found", "There is no mandate for this loan.")
    return found, business_date(at, contract.time_zone)


def revoke_mandate(loan_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> tuple[Mandate, date]:
    """As `show_mandate`, once it is taken back. From then on nothing is debited by it, whatever the rail says."""

    def revoke() -> tuple[Mandate, date]:
        found, on = show_mandate(loan_id, borrower_id, at, loans=loans)
        done = mandates.revoked(found, on)
        if done != found:
            loans.change(changed_mandate(done))
        return done, on

    return again(revoke)


def hear_mandate(news: MandateNews, *, loans: Loans) -> bool:
    """Whether we know such a mandate. Old news changes nothing."""

    def hear() -> bool:
        found = Mandates(loans.table).find(news.reference)
        if found is None:
            return False
        done = mandates.told(found, news.type.removeprefix("mandate."), news.reason)
        if done is not None:
            loans.change(changed_mandate(done))
        return True

    return again(hear)
