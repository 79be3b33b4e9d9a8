"""Consents are given, given again, withdrawn, and never forgotten."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain import consents
from shared.domain.borrowers import Borrower
from shared.domain.errors import NotFound, Refused
from shared.markets import market

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BORROWER = Borrower("brw_1", "in", "en")


def test_the_same_consent_given_again_changes_nothing() -> None:
    given = consents.give(None, "credit_assessment", "1", "en", NOW)

    assert consents.give(given, "credit_assessment", "1", "en", LATER) is given


def test_consent_to_a_new_notice_is_given_anew() -> None:
    given = consents.give(None, "credit_assessment", "1", "en", NOW)
    again = consents.give(given, "credit_assessment", "2", "hi", LATER)

    assert (again.notice_version, again.language, again.given_at, again.version) == ("2", "hi", LATER, 2)


def test_a_consent_is_withdrawn_once_and_may_be_given_again() -> None:
    given = consents.give(None, "credit_assessment", "1", "en", NOW)
    gone = consents.withdraw(given, LATER)

    assert not gone.is_given
    assert consents.withdraw(gone, LATER) is gone
    assert consents.give(gone, "credit_assessment", "1", "en", LATER).is_given


def test_the_borrowers_flags_follow_the_consent() -> None:
    given = consents.give(None, "credit_assessment", "1", "en", NOW)
    flagged = consents.with_consent(BORROWER, given)

    assert flagged.consents == ("credit_assessment",)
    assert consents.with_consent(flagged, given) == flagged
    assert consents.with_consent(flagged, consents.withdraw(given, LATER)).consents == ()


def test_a_purpose_that_the_market_does_not_have_is_refused() -> None:
    with pytest.raises(NotFound) as refusal:
        consents.check_purpose("reading_your_messages", market("in", date(2026, 11, 22)))

    assert refusal.value.code == "consent_unknown"


def test_a_step_that_rests_on_several_consents_names_those_that_are_missing() -> None:
    given = consents.with_consent(BORROWER, consents.give(None, "kyc_verification", "1", "en", NOW))

    assert consents.has_given(given, "kyc_verification")
    assert not consents.has_given(given, "kyc_verification", "credit_assessment")
    with pytest.raises(Refused, match="consent_missing") as refused:
        consents.check_given(given, "credit_assessment", "kyc_verification", "marketing")
    assert refused.value.members == {"missing": ("credit_assessment", "marketing")}


def test_a_step_without_its_consent_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        consents.check_given(BORROWER, "kyc_verification")

    assert refusal.value.code == "consent_missing"
