"""Save who the borrower is and what they earn; the last one sent holds."""

from datetime import date, datetime

from shared.adapters.borrowers import Borrowers
from shared.adapters.identity_numbers import identity_number
from shared.adapters.keyed_hash import Index
from shared.adapters.paper_seals import PaperSeals
from shared.application.mark_shared import IDENTITY_NUMBER, first_told, mark_shared, prove_number
from shared.domain import names
from shared.domain.borrowers import Address, Means, Person, check_means
from shared.domain.calendar import business_date
from shared.markets import market_at


def save_profile(
    borrowers: Borrowers,
    papers: PaperSeals,
    index: Index,
    borrower_id: str,
    person: Person,
    means: Means,
    at: datetime,
) -> None:
    """Raises the refusal of the first field that does not fit, with its pointer."""
    borrower = borrowers.people.get(borrower_id)
    market = market_at(borrower.market, at)
    check_means(means, market, business_date(at, market.time_zone))
    known = _checked(person, market.identity_scheme, means.birth_date)
    hashed = first_told(index, IDENTITY_NUMBER, known.identity_number)
    mark_shared(borrower_id, IDENTITY_NUMBER, hashed, people=borrowers.people)
    borrowers.save_profile(borrower_id, known, means, papers, at)
    prove_number(borrower_id, people=borrowers.people)


def _checked(person: Person, identity_scheme: str, birth_date: date) -> Person:
    address = Address(
        line=names.line(person.address.line, "/address/line"),
        city=names.line(person.address.city, "/address/city"),
        state=names.line(person.address.state, "/address/state"),
        postal_code=person.address.postal_code,
    )
    number = identity_number(person.identity_number, identity_scheme, birth_date)
    return Person(names.name(person.name, "/name"), number, address)
