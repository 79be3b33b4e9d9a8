"""Give or withdraw consent to one purpose; both may be sent again."""

from datetime import datetime

from shared.adapters.borrower_notices import to_alert
from shared.adapters.people import Change, People, consent_writes
from shared.adapters.table import Table, Write
from shared.domain import consents
from shared.domain.borrowers import Borrower
from shared.domain.consents import Consent
from shared.domain.errors import NotFound
from shared.domain.telling import Alert
from shared.markets import market_at

WITHDRAWN = "consent_withdrawn"


def give(people: People, borrower_id: str, purpose: str, notice_version: str, language: str, at: datetime) -> Consent:
    """Raises `consent_unknown` for a purpose that the borrower's market does not have."""

    def decide(borrower: Borrower) -> Change:
        consents.check_purpose(purpose, market_at(borrower.market, at))
        seen = people.consent(borrower_id, purpose)
        return _change(borrower, seen, consents.give(seen, purpose, notice_version, language, at), at)

    people.change(borrower_id, decide)
    return _stands(people, borrower_id, purpose)


def withdraw(people: People, told: Table, borrower_id: str, purpose: str, at: datetime) -> Consent:
    """He is told of it, since it may end what he asked for; `told` is the book in which that lies.

    Raises `NotFound` for a consent that was never given.
    """

    def decide(borrower: Borrower) -> Change:
        seen = _stands(people, borrower_id, purpose)
        alert = to_alert(told, Alert(borrower_id, WITHDRAWN, at))
        return _change(borrower, seen, consents.withdraw(seen, at), at, alert)

    people.change(borrower_id, decide)
    return _stands(people, borrower_id, purpose)


def _change(borrower: Borrower, seen: Consent | None, consent: Consent, at: datetime, *told: Write) -> Change:
    if consent == seen:
        return None
    changed = consents.with_consent(borrower, consent)
    return changed, [*consent_writes(borrower.id, seen, consent, consents.event(consent, at)), *told]


def _stands(people: People, borrower_id: str, purpose: str) -> Consent:
    consent = people.consent(borrower_id, purpose)
    if consent is None:
        raise NotFound("not_found", "You never gave this consent.")
    return consent
