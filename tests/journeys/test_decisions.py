"""A decision on the deployed stage: refused with what would change it, looked at by a person, made again, compared."""

from dataclasses import replace
from typing import Any

import pytest

from infra.local.borrower import Borrower
from infra.local.client import Call
from infra.local.outside import Outside
from infra.local.staff import Member
from tests.journeys.conftest import NewBorrower
from tests.journeys.corpus import BODIES
from tests.journeys.waiting import until

TOO_MUCH = {"minor": 10_000_000, "currency": "INR"}
REASON = {"reason": "My new job began this week."}


@pytest.fixture(scope="module")
def desk(outside: Outside) -> dict[str, Member]:
    return {role: Member(outside, f"decides-{role}", role) for role in ("reviewer", "approver", "auditor")}


def ready(borrower: Borrower, **means: Any) -> Borrower:
    borrower.person = replace(borrower.person, **means)
    borrower.become_ready()
    return borrower


def waiting(member: Member) -> list[str]:
    found = member.client.get("/v1/desk/applications?market=in&limit=100")["applications"]
    return [each["application_id"] for each in found]


def decided(member: Member, application: Any, decision: str) -> Call:
    path = f"/v1/desk/applications/{application['application_id']}"
    seen = member.client.get(path)
    body = {"decision": decision, "reason": "His payslips show it.", "figures_hash": seen["figures_hash"]}
    return member.client.send("POST", f"{path}/decision", body)


def test_what_is_named_instead_of_a_decline_is_approved_when_it_is_asked_for(new_borrower: NewBorrower) -> None:
    asha = ready(new_borrower())
    declined = asha.apply(TOO_MUCH, 3)["decision"]
    instead, *_ = declined["would_be_approved"]

    assert declined["reasons"][0]["code"] == "instalment_unaffordable" and declined["limit"]["minor"] == 0
    approved = asha.apply(instead["amount"], instead["tenor_months"])
    assert approved["state"] == "offered" and asha.offers(approved)["matched"]
    assert approved["decision"]["limit"]["minor"] >= instead["amount"]["minor"]


def test_what_the_rules_refer_waits_for_a_person_with_a_clock(
    new_borrower: NewBorrower, desk: dict[str, Member]
) -> None:
    asha = ready(new_borrower(), monthly_income=1_990_000, monthly_obligations=800_000)
    application = asha.apply({"minor": 1_500_000, "currency": "INR"}, 24)
    assert application["state"] == "referred" and application["review"]["asked_by"] == "rule"
    until("the desk's list", lambda: waiting(desk["approver"]), lambda ids: application["application_id"] in ids)
    declined = decided(desk["approver"], application, "decline")
    now = asha.client.get(f"/v1/applications/{application['application_id']}")

    assert declined.status == 200
    assert now["state"] == "declined" and now["decision"]["reasons"][0]["says"] == "His payslips show it."


def test_a_decline_is_looked_at_by_a_person_once_and_offered(
    new_borrower: NewBorrower, desk: dict[str, Member]
) -> None:
    asha = ready(new_borrower())
    unsteady = {"pan": asha.person.pan, "employment": "unemployed", "months_employed": 0}
    asha.client.put("/v1/me/profile", BODIES["PUT", "/v1/me/profile"] | unsteady)
    application = asha.apply()
    path = f"/v1/applications/{application['application_id']}"
    assert (application["state"], application["decision"]["outcome"]) == ("declined", "decline")
    assert asha.client.post(f"{path}/review", REASON)["state"] == "referred"
    until("the desk's list", lambda: waiting(desk["reviewer"]), lambda ids: application["application_id"] in ids)
    answer = decided(desk["reviewer"], application, "approve")
    now = asha.client.get(path)

    assert answer.status == 200, answer
    assert (now["state"], now["review"]["outcome"]) == ("offered", "approve") and asha.offers(now)["matched"]
    assert asha.client.send("POST", f"{path}/review", REASON).code == "review_not_possible"
    assert decided(desk["reviewer"], application, "decline").code == "application_decided"


def test_what_no_person_sets_aside_is_not_looked_at_and_is_told_in_the_borrowers_language(
    new_borrower: NewBorrower,
) -> None:
    asha = ready(new_borrower(), language="hi")
    application = asha.apply(TOO_MUCH, 3)
    path, hindi = f"/v1/applications/{application['application_id']}/review", {"Accept-Language": "hi-IN, en;q=0.5"}
    answer = asha.client.send("POST", path, REASON, headers=hindi)
    decision, unmatched = application["decision"], asha.offers(application)["unmatched"]
    told = [*decision["points"], *decision["reasons"], *decision["would_be_approved"], *unmatched]

    assert (answer.status, answer.code) == (422, "review_not_possible")
    assert answer.body["title"].endswith("।") and answer.body["detail"] == decision["reasons"][0]["says"]
    assert [each["code"] for each in decision["reasons"][:1]] == ["instalment_unaffordable"]
    assert [each["says"] for each in told if not each["says"].endswith("।")] == []


def test_an_auditor_makes_decisions_again_and_compares_tables(
    new_borrower: NewBorrower, desk: dict[str, Member]
) -> None:
    asha = ready(new_borrower())
    application = asha.apply()
    auditor = desk["auditor"].client
    replay = auditor.get(f"/v1/desk/applications/{application['application_id']}/replay")
    tried, after = [], ""
    while True:
        page = auditor.get(f"/v1/desk/scorecards/in-1/dry-run?market=in&limit=20{after}")
        tried.append(page["comparison"])
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    drift = auditor.get("/v1/desk/scorecards/drift?market=in")

    assert replay["is_same"] and replay["again"]["outcome"] == "approve"
    assert sum(each["compared"] for each in tried) >= 1
    # The two editions differ in conduct alone, and nobody here has any that counts against him.
    assert all(set(row) == {was} for each in tried for was, row in each["outcomes"].items())
    assert drift["applications"] >= 1 and len(drift["factors"]) == 4
    assert "replay" in [each["purpose"] for each in asha.client.get("/v1/me/openings")["openings"]]


def test_paying_late_costs_points_and_the_borrower_reads_how_many(outside: Outside, new_borrower: NewBorrower) -> None:
    asha = ready(new_borrower(), language="hi")
    assert asha.client.get("/v1/me/standing") == {"standing": None}
    application = asha.apply()
    first, *_ = asha.offers(application)["matched"]
    loan_id = asha.accept(application, first)["loan_id"]
    asha.disburse(loan_id)
    asha.await_state(loan_id, "active")
    punctual = asha.client.get("/v1/me/standing")["standing"]
    outside.advance(31 + 20)
    late = asha.client.get("/v1/me/standing")["standing"]

    assert punctual["points"] > late["points"]
    assert all(each["says"].endswith("।") and each["improves"].endswith("।") for each in late["factors"])
    assert late["conduct"]["late_instalments"] == 1 and late["conduct"]["worst_days_late"] >= 15
    assert {each["factor"] for each in late["factors"] if each["points"] < each["most"]} >= {"worst_days_late"}
