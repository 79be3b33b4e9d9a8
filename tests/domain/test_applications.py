"""An application's life: who may submit one, what a decision makes of it, and when an offer of it may be accepted."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain.applications import (
    MOVES,
    Application,
    accepted,
    decided,
    expired,
    require_decided,
    require_ready,
    state_on,
    submitted,
    withdrawn,
)
from shared.domain.errors import DomainError
from shared.domain.money import Money
from shared.domain.offers import Board, Wanted, board
from shared.domain.scoring import decide
from shared.markets.scorecards import scorecard
from tests.sandbox import AT, INDIA, PARTNERS, TODAY, earning, ready, rupees

CARD = scorecard(INDIA.scorecard)
APPROVED = decide(INDIA, CARD, earning(), rupees(20_000), 12)
REFERRED = replace(APPROVED, outcome="refer")
DECLINED = replace(APPROVED, outcome="decline")
WANTED = Wanted("app_1", rupees(20_000), 12, "A", rupees(15_000), AT, TODAY)
OFFERED = board(INDIA, WANTED, [PARTNERS["sahyadri"]], {})
NOTHING = board(INDIA, WANTED, [PARTNERS["himadri"]], {})


def new(amount: Money = WANTED.amount, tenor_months: int = 12, **borrower: Any) -> Application:
    return submitted("app_1", ready(**borrower), INDIA, amount, tenor_months, AT)


def after(decision: Any, made: Board | None) -> Application:
    return decided(new(), decision, made, market=INDIA, at=AT, on=TODAY)


def code_of(refusal: pytest.ExceptionInfo[DomainError]) -> str:
    return refusal.value.code


def accept(application: Application, on: date = TODAY, **changes: Any) -> Any:
    offer = OFFERED.offers[0]
    asked = {"offer_id": offer.offer_id, "kfs_hash": offer.kfs_hash, "loan_id": "loan_1"} | changes
    return accepted(application, OFFERED.offers, **asked, on=on)


def test_a_new_application_waits_for_its_decision() -> None:
    assert (new().state, new().version, new().submitted_at) == ("submitted", 0, AT)


@pytest.mark.parametrize(
    ("lacking", "code", "named"),
    [
        ({"consents": ()}, "consent_missing", "credit_assessment"),
        ({"consents": INDIA.consents_needed[1:]}, "consent_missing", INDIA.consents_needed[0]),
        ({"has_profile": False}, "profile_incomplete", "profile"),
        ({"has_bank_account": False}, "profile_incomplete", "bank_account"),
        ({"accepted_documents": ()}, "profile_incomplete", "document"),
        ({"accepted_documents": ("library_card",)}, "profile_incomplete", "document"),
    ],
)
def test_whoever_lacks_something_may_not_apply_and_is_told_what(lacking: Any, code: str, named: str) -> None:
    with pytest.raises(DomainError) as refusal:
        require_ready(ready(**lacking), INDIA)

    assert code_of(refusal) == code
    assert named in refusal.value.members["missing"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("amount", "tenor_months", "code"),
    [
        (Money(2_000_000, "CNY"), 12, "currency_mismatch"),
        (rupees(4_999), 12, "amount_out_of_range"),
        (rupees(20_000), 2, "tenor_out_of_range"),
    ],
)
def test_an_application_is_for_what_the_market_serves(amount: Money, tenor_months: int, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        new(amount, tenor_months)

    assert code_of(refusal) == code


def test_a_closed_market_takes_no_application() -> None:
    with pytest.raises(DomainError) as refusal:
        submitted("app_1", ready(), replace(INDIA, is_open=False), rupees(20_000), 12, AT)

    assert code_of(refusal) == "market_closed"


def test_an_approval_with_offers_is_open_as_long_as_they_are_valid() -> None:
    application = after(APPROVED, OFFERED)

    assert (application.state, application.version) == ("offered", 1)
    assert application.open_until == OFFERED.offers[0].valid_until == date(2026, 11, 26)


def test_an_approval_without_any_offer_is_a_decline_that_says_so() -> None:
    application = after(APPROVED, NOTHING)

    assert application.state == "declined"
    assert application.decision is not None and application.decision.reasons[0].code == "no_matching_offer"
    assert [each.partner_id for each in application.unmatched] == ["himadri"]


def test_a_referral_waits_for_a_person_and_not_for_ever() -> None:
    application = after(REFERRED, None)

    assert (application.state, application.open_until) == ("referred", TODAY + timedelta(days=30))


def test_an_application_is_decided_once() -> None:
    with pytest.raises(AssertionError):
        decided(after(DECLINED, None), APPROVED, OFFERED, market=INDIA, at=AT, on=TODAY)


def test_an_undecided_application_has_no_offers_to_show() -> None:
    with pytest.raises(DomainError) as refusal:
        require_decided(new())

    assert code_of(refusal) == "application_not_decided"


@pytest.mark.parametrize("application", [new(), after(APPROVED, OFFERED), after(REFERRED, None)])
def test_another_application_waits_until_the_first_is_over(application: Application) -> None:
    with pytest.raises(DomainError) as refusal:
        expired(application, TODAY)

    assert code_of(refusal) == "application_open"


@pytest.mark.parametrize("application", [after(APPROVED, OFFERED), after(REFERRED, None)])
def test_what_nobody_took_up_in_time_expires(application: Application) -> None:
    assert application.open_until is not None
    day_after = application.open_until + timedelta(days=1)

    assert state_on(application, application.open_until) == application.state
    assert state_on(application, day_after) == "expired"
    assert expired(application, day_after).state == "expired"


def test_an_undecided_application_does_not_expire() -> None:
    assert state_on(new(), TODAY + timedelta(days=365)) == "submitted"


def test_an_accepted_offer_pins_its_loan() -> None:
    application, offer = accept(after(APPROVED, OFFERED))

    assert (application.state, application.loan_id, application.offer_id) == ("accepted", "loan_1", offer.offer_id)
    assert application.version == 2


def test_an_offer_may_be_accepted_on_its_last_day_and_not_after() -> None:
    application = after(APPROVED, OFFERED)
    last = OFFERED.offers[0].valid_until

    assert accept(application, last)[0].state == "accepted"
    with pytest.raises(DomainError) as refusal:
        accept(application, last + timedelta(days=1))
    assert code_of(refusal) == "kfs_expired"


@pytest.mark.parametrize(
    ("application", "changes", "code"),
    [
        (new(), {}, "application_not_decided"),
        (after(REFERRED, None), {}, "application_not_decided"),
        (after(DECLINED, None), {}, "application_not_approved"),
        (accept(after(APPROVED, OFFERED))[0], {}, "offer_already_accepted"),
        (expired(after(APPROVED, OFFERED), date(2027, 1, 1)), {}, "kfs_expired"),
        (after(APPROVED, OFFERED), {"offer_id": "off_other"}, "offer_not_found"),
        (after(APPROVED, OFFERED), {"kfs_hash": "0" * 64}, "kfs_stale"),
    ],
)
def test_an_acceptance_out_of_order_is_refused(application: Application, changes: Any, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        accept(application, **changes)

    assert code_of(refusal) == code


def test_every_state_that_a_move_leads_to_is_known() -> None:
    assert {state for states in MOVES.values() for state in states} <= MOVES.keys()


def test_an_application_without_its_consents_ends_undecided_and_stays_so() -> None:
    ended = withdrawn(new())

    assert (ended.state, ended.version, MOVES[ended.state]) == ("withdrawn", 1, ())
    assert not ended.is_waiting(TODAY)
    for refused in (lambda: require_decided(ended), lambda: accept(ended)):
        with pytest.raises(DomainError) as refusal:
            refused()
        assert code_of(refusal) == "consent_missing"
