"""Consents: one purpose each, given for a stated notice in a stated language, withdrawn as easily as given.

Digital Lending Directions, 2025 (RBI/2025-26/36) and DPDP Act, 2023, sections 5 and 6: prior, explicit, with a trail.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.borrowers import Borrower
from shared.domain.errors import NotFound, Refused
from shared.domain.market import Market

# What every look into a document rests on.
KYC = "kyc_verification"


@dataclass(frozen=True, slots=True)
class Consent:
    """Where one purpose stands. `notice_version` is that of the text that was agreed to.

    `version` counts the times that it was given or withdrawn; each of them is a `ConsentEvent`.
    """

    purpose: str
    notice_version: str
    language: str
    given_at: datetime
    withdrawn_at: datetime | None = None
    version: int = 1

    @property
    def is_given(self) -> bool:
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """Given or withdrawn, once; kept for ever."""

    purpose: str
    is_given: bool
    notice_version: str
    language: str
    recorded_at: datetime


def give(seen: Consent | None, purpose: str, notice_version: str, language: str, at: datetime) -> Consent:
    """The consent as it stands then; the very same when it was given for this notice before."""
    if seen and seen.is_given and (seen.notice_version, seen.language) == (notice_version, language):
        return seen
    return Consent(purpose, notice_version, language, at, version=seen.version + 1 if seen else 1)


def withdraw(seen: Consent, at: datetime) -> Consent:
    return replace(seen, withdrawn_at=at, version=seen.version + 1) if seen.is_given else seen


def event(consent: Consent, at: datetime) -> ConsentEvent:
    return ConsentEvent(consent.purpose, consent.is_given, consent.notice_version, consent.language, at)


def with_consent(borrower: Borrower, consent: Consent) -> Borrower:
    """The borrower whose flags say so."""
    others = tuple(purpose for purpose in borrower.consents if purpose != consent.purpose)
    return replace(borrower, consents=(*others, consent.purpose) if consent.is_given else others)


def check_purpose(purpose: str, market: Market) -> None:
    if purpose not in market.consent_purposes:
        raise NotFound("consent_unknown", "This market asks for no such consent.")


def has_given(borrower: Borrower, *purposes: str) -> bool:
    return set(purposes) <= set(borrower.consents)


def check_given(borrower: Borrower, *purposes: str) -> None:
    """Whoever uses what a consent covers asks here first, at that moment. Raises `consent_missing`."""
    lacking = tuple(purpose for purpose in purposes if purpose not in borrower.consents)
    if lacking:
        refusal = Refused("consent_missing", "This step needs your consent: {purposes}.", purposes=lacking)
        refusal.members["missing"] = lacking
        raise refusal
