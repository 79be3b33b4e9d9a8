"""The door `apply`: what was decided, in the language of the borrower who asks."""

from shared.adapters.table import unsqueezed
from tests.functions.test_apply import ASKED, Doors, doors
from tests.sandbox import ready

__all__ = ["doors"]


def test_a_decline_is_told_in_the_borrowers_language_and_kept_without_its_sentences(doors: Doors) -> None:
    doors.become(ready(language="hi"))
    application_id = doors.submit(ASKED | {"amount": {"minor": 10_000_000, "currency": "INR"}, "tenor_months": 3}).body[
        "application_id"
    ]
    doors.decide(application_id)
    decision = doors.call(f"GET /v1/applications/{application_id}").body["decision"]
    kept = unsqueezed((doors.loans.get(application_id, "application") or {})["decided"])["decision"]

    assert decision["reasons"][0]["code"] == "instalment_unaffordable"
    assert "गुंजाइश" in decision["reasons"][0]["says"] and "₹" in decision["reasons"][0]["says"]
    assert all("मंज़ूर हो जाएगा" in each["says"] for each in decision["would_be_approved"])
    assert [sorted(each) for each in kept["reasons"][:1]] == [["code", "facts", "says"]]
    assert {each["says"] for each in kept["reasons"]} == {None}
    assert not any("says" in each for each in (*kept["points"], *kept["would_be_approved"]))


def test_lenders_without_an_offer_say_why_in_the_borrowers_language(doors: Doors) -> None:
    doors.become(ready(language="hi"))
    unmatched = doors.offers(doors.decided()).body["unmatched"]

    assert unmatched != []
    assert all("ऋणदाता" in each["says"] or "किस्त" in each["says"] for each in unmatched)
