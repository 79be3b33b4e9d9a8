"""The borrower gives a mandate, looks at it, takes it back; the rail tells what became of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.debits import Debits
from shared.adapters.loans import Loans
from shared.adapters.mandates import Mandates, changed_mandate, new_mandate
from shared.adapters.rails import MandateNews, NoAnswer, Rails
from shared.adapters.requests import Request
from shared.application.again import again, once
from shared.domain import agenda, dues, mandates
from shared.domain.calendar import business_date
from shared.domain.debits import Debit
from shared.domain.errors import NotFound, Unavailable
from shared.domain.mandates import Mandate
from shared.domain.money import Money
from shared.domain.rails import MANDATE, tells_of
from shared.markets import market, market_at

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


def show_mandate(loan_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> tuple[Mandate, Debit | None, date]:
    """The latest of the loan, the latest debit by it, and today. Raises `NotFound`."""
    found, on = _latest(loan_id, borrower_id, at, loans)
    debit = Debits(loans.table).of_loan(loan_id)
    return found, debit if debit is not None and debit.mandate_id == found.mandate_id else None, on


def show_link(mandate: Mandate, on: date, *, loans: Loans, rails: Rails) -> str | None:
    """Where the borrower gives it, None when he has or may not any more. Raises `Unavailable`."""
    if not mandates.awaits_page(mandate, on):
        return mandate.link if mandates.standing(mandate, on) == "created" else None
    _, contract = loans.get(mandate.loan_id)
    try:
        return rails(market_at(contract.market, mandate.created_at).rails.pages).agreement(mandate)
    except NoAnswer as error:
        raise Unavailable("temporarily_unavailable", "The page to sign it on cannot be had at the moment.") from error


def revoke_mandate(loan_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> tuple[Mandate, date]:
    """The mandate, taken back, and today. From then on no bank is asked for anything by it; the rail is told.

    Raises `NotFound`.
    """

    def revoke() -> tuple[Mandate, date]:
        found, on = _latest(loan_id, borrower_id, at, loans)
        done = mandates.revoked(found, on)
        if done != found:
            loans.change(changed_mandate(done, tells_rail=True))
        return done, on

    return again(revoke)


def hear_mandate(news: MandateNews, *, loans: Loans) -> bool:
    """Whether we know such a mandate, of that rail. Old news changes nothing; of one that was taken back the rail is
    told again.

    The head is written with it, so that somebody looks what there is to plan and to tell.
    """

    def hear() -> bool:
        found = Mandates(loans.table).find(news.reference)
        if found is None:
            return False
        loan, contract = loans.get(found.loan_id)
        if not tells_of(news.rail, MANDATE, market_at(contract.market, found.created_at).rails):
            return False
        state = news.type.removeprefix("mandate.")
        done = mandates.told(found, state, news.reason)
        if done is not None:
            looked_at = replace(loan, notice_on=agenda.notice_on(loan))
            loans.book(looked_at, contract, [], [changed_mandate(done)])
        elif found.state == "revoked" and mandates.MOVES[state]:
            loans.change(changed_mandate(found, tells_rail=True))
        return True

    return again(hear)


def _latest(loan_id: str, borrower_id: str, at: datetime, loans: Loans) -> tuple[Mandate, date]:
    _, contract = loans.of_borrower(loan_id, borrower_id)
    found = Mandates(loans.table).latest(loan_id)
    if found is None:
        raise NotFound("not_found", "There is no mandate for this loan.")
    return found, business_date(at, contract.time_zone)
