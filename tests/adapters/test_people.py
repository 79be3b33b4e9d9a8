"""Changes of a borrower: decided again when somebody was faster, and given up when that does not end."""

from dataclasses import replace

import pytest

from shared.adapters.people import Change, People
from shared.adapters.table import Table
from shared.domain.borrowers import Borrower
from shared.domain.errors import Conflict, NotFound


@pytest.fixture
def asha(people: Table) -> People:
    book = People(people)
    book.open("brw_asha", "in", "en")
    return book


def given(borrower: Borrower, purpose: str) -> Change:
    return replace(borrower, consents=(*borrower.consents, purpose)), []


def test_opening_twice_changes_nothing(asha: People) -> None:
    asha.change("brw_asha", lambda borrower: given(borrower, "credit_assessment"))
    asha.open("brw_asha", "cn", "zh")

    assert asha.get("brw_asha").consents == ("credit_assessment",)
    assert asha.get("brw_asha").market == "in"


def test_a_decision_is_made_again_on_what_another_wrote(asha: People) -> None:
    seen: list[int] = []

    def decide(borrower: Borrower) -> Change:
        seen.append(borrower.version)
        if len(seen) == 1:
            asha.change("brw_asha", lambda other: given(other, "credit_assessment"))
        return given(borrower, "kyc_verification")

    changed = asha.change("brw_asha", decide)

    assert seen == [1, 2]
    assert changed.consents == ("credit_assessment", "kyc_verification")
    assert changed == asha.get("brw_asha")


def test_a_change_that_always_comes_too_late_is_given_up(asha: People) -> None:
    def decide(borrower: Borrower) -> Change:
        asha.change("brw_asha", lambda other: given(other, "marketing"))
        return given(borrower, "kyc_verification")

    with pytest.raises(Conflict) as refusal:
        asha.change("brw_asha", decide)

    assert refusal.value.code == "request_in_flight"
    assert "kyc_verification" not in asha.get("brw_asha").consents


def test_nothing_to_change_writes_nothing(asha: People) -> None:
    assert asha.change("brw_asha", lambda _: None).version == 1


def test_whoever_never_signed_in_is_unknown(asha: People) -> None:
    with pytest.raises(NotFound):
        asha.get("brw_nobody")
