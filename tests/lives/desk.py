"""The market's waiver programme in a life: who asks, what the rule grants, and what people decide."""

from datetime import date

from shared.domain import waiver_budget, waiver_terms, waivers
from shared.domain.staff import Staff, month_of
from shared.domain.waiver_budget import PARTS, Part
from shared.domain.waiver_rules import WaiverProgramme
from shared.domain.waivers import Waiver
from shared.markets import market
from tests.lives.books import Books, noon
from tests.lives.facts import shown
from tests.lives.language import Key

# Who of the staff happens to be the loan's borrower.
BORROWER = "Borrower"


def ask(books: Books, name: str, grade: str, on: date) -> None:
    """Raises `Refused` with every reason why there can be none."""
    books.until(on)
    programme = _programme(books, on)
    found = waiver_terms.eligibility(
        books.loan,
        books.contract,
        books.entries,
        programme,
        grade=grade,
        is_asked=any(waivers.is_undecided(waiver, on) for waiver in books.waivers.values()),
        on=on,
        at=noon(on),
    )
    parts, whole = _budget(books, programme, on), programme.monthly_budget
    part = waiver_budget.room(parts, whole, found.waived, name)
    waiver_terms.require(found, None if part else waiver_budget.left(parts, whole))
    assert part is not None and name not in books.waivers
    named = {"waiver_id": name, "reason": programme.reasons[0]}
    _keep(books, waivers.requested(found, programme, books.loan, books.contract, part, **named, at=noon(on)), on)


def decide(books: Books, name: str, role: str, member: str, on: date, *, approves: bool) -> None:
    books.until(on)
    staff = Staff(books.loan.borrower_id if member == BORROWER else member, (role,))
    programme = _programme(books, on)
    _keep(books, waivers.decided(books.waivers[name], programme, staff, approves, "Seen.", on=on, at=noon(on)), on)


def told(books: Books, name: str, on: date) -> dict[Key, str]:
    waiver = books.waivers[name]
    return {
        ("", "pay"): shown(waiver.outcome.pay),
        ("", "waived"): shown(waiver.outcome.waived),
        ("", "last day"): waiver.outcome.by.isoformat(),
        ("", "decision"): waivers.state_on(waiver, books.entries, on),
    }


def _keep(books: Books, waiver: Waiver, on: date) -> None:
    if waiver.state == "granted":
        books.grant(waivers.grant_of(waiver, books.loan, books.contract, noon(on)), on)
    books.waivers[waiver.waiver_id] = waiver


def _programme(books: Books, on: date) -> WaiverProgramme:
    return market(books.contract.market, on).waivers


def _budget(books: Books, programme: WaiverProgramme, on: date) -> list[Part]:
    """What is left of it is all in one of its parts; nothing of it was spent where the life does not say so."""
    code, month = books.contract.market, month_of(on)
    if books.budget_left is None:
        return [Part(code, month, number) for number in range(PARTS)]
    spent = [waiver_budget.size(programme.monthly_budget, number) for number in range(PARTS)]
    spent[0] -= books.budget_left
    return [Part(code, month, number, reserved) for number, reserved in enumerate(spent)]
