"""The doors `relief` and `desk`: a waiver as the borrower and the staff see it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.table import Table, Write, load, record
from shared.domain.applications import Application
from tests.application.waived import LARGE, MIDDLING, NOON, SMALL, Overdue
from tests.functions.door import Answer, call, opened, turn_clock


class Desk:
    """The two doors on one book, at noon of a day that the test clock shows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: Any, book: Table, onlooker: Any) -> None:
        self.monkeypatch, self.clock, self.book, self.onlooker = monkeypatch, clock, book, onlooker
        self.go_to(0)

    def go_to(self, days: int) -> None:
        """So many days after the first of April, on which two dues are unpaid."""
        turn_clock(self.clock, NOON.date() + timedelta(days=days))

    def loan(self, principal: str = MIDDLING) -> Overdue:
        return Overdue(self.book, self.onlooker, principal)

    def borrower(self, loan: Overdue, route: str, body: Any = None, key: str | None = None) -> Answer:
        verb, rest = route.split(" ")
        with opened("relief", self.monkeypatch, loans=self.book) as handler:
            subject = loan.borrower_id.removeprefix("brw_")
            return call(handler, f"{verb} /v1/loans/{loan.loan_id}/{rest}", body, subject=subject, key=key)

    def ask(self, loan: Overdue, key: str = "ask") -> Any:
        made = self.borrower(loan, "POST waivers", {"reason": "illness"}, key)
        assert made.status == 201, made
        return made.body

    def staff(self, route: str, body: Any = None, *, role: str = "reviewer", who: str = "", **query: str) -> Answer:
        verb, rest = route.split(" ")
        with opened("desk", self.monkeypatch, loans=self.book) as handler:
            key = f"{role}{rest}" if verb == "POST" else None
            path = f"{verb} /v1/desk/{rest}"
            return call(handler, path, body, subject=who or role, key=key, query=query, roles=(role,))

    def decide(self, waiver_id: str, decision: str = "approve", *, role: str = "reviewer", who: str = "") -> Answer:
        seen = self.staff(f"GET waivers/{waiver_id}").body["figures_hash"]
        body = {"decision": decision, "reason": "Seen the letter.", "figures_hash": seen}
        return self.staff(f"POST waivers/{waiver_id}/decision", body, role=role, who=who)


@pytest.fixture
def desk(aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    yield Desk(monkeypatch, aws("ssm"), loans, aws("dynamodb"))


def rupees(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "INR"}


def test_the_outcome_is_shown_before_anything_is_asked(desk: Desk) -> None:
    shown = desk.borrower(desk.loan(SMALL), "GET waiver").body

    assert (shown["can_ask"], shown["why_not"], shown["days_past_due"], shown["share"]) == (True, [], 32, "0.5")
    assert shown["outcome"] == {
        "by": "2026-04-11",
        "arrears": rupees(193_946),
        "penal_charges": rupees(2_997),
        "pay": rupees(195_444),
        "waived": rupees(1_499),
    }


def test_what_was_shown_is_what_is_granted(desk: Desk) -> None:
    loan = desk.loan(SMALL)
    shown = desk.borrower(loan, "GET waiver").body
    made = desk.ask(loan)

    assert (made["state"], made["outcome"]) == ("granted", shown["outcome"])
    assert desk.borrower(loan, "GET waivers").body["waivers"] == [made]
    assert desk.borrower(loan, f"GET waivers/{made['waiver_id']}").body == made
    # The days go by, and nothing has to be written for it to have lapsed.
    desk.go_to(11)
    assert desk.borrower(loan, f"GET waivers/{made['waiver_id']}").body["state"] == "lapsed"


def test_every_reason_against_it_is_a_code_and_a_sentence(desk: Desk) -> None:
    loan = desk.loan()
    desk.go_to(60)
    shown = desk.borrower(loan, "GET waiver").body
    refused = desk.borrower(loan, "POST waivers", {"reason": "illness"}, "once")

    assert [why["code"] for why in shown["why_not"]] == ["too_late", "wrong_bucket"]
    assert all(why["detail"].endswith(".") for why in shown["why_not"])
    assert (refused.status, refused.body["code"]) == (422, "waiver_not_possible")
    assert refused.body["why_not"] == ["too_late", "wrong_bucket"]


def speaks(desk: Desk, loan: Overdue, language: str) -> None:
    application_id = desk.book.get(loan.loan_id, "loan")["application_id"]  # type: ignore[index]
    asked = load(Application, desk.book.get(application_id, "application"))
    desk.book.transact([Write(record(replace(asked, language=language), application_id, "application"), asked.version)])


GRANTED = {
    "en": "Within what the programme grants by rule.",
    "hi": "यह छूट उतनी है जितनी कार्यक्रम नियम से ही देता है।",
    "zh": "在减免方案可按规则直接批准的范围之内。",
}


@pytest.mark.parametrize("language", GRANTED)
@pytest.mark.parametrize("kept", ["within_programme", GRANTED["en"]])
def test_why_the_rule_granted_a_waiver_is_told_in_the_readers_language(kept: str, language: str, desk: Desk) -> None:
    """What is kept is a code; of those from before there was one, the English sentence."""
    loan = desk.loan(SMALL)
    speaks(desk, loan, language)
    made = desk.ask(loan)
    waiver_id = made["waiver_id"]
    item = desk.book.get(waiver_id, "waiver")
    assert item is not None and [step["because"] for step in item["steps"]] == ["within_programme"]
    item["steps"][0]["because"] = kept
    desk.book.transact([Write(item, item["version"])])
    shown = (
        made,
        desk.borrower(loan, f"GET waivers/{waiver_id}").body,
        *desk.borrower(loan, "GET waivers").body["waivers"],
    )

    assert [each["steps"][0]["because"] for each in shown] == [GRANTED[language]] * 3
    told = desk.staff(f"GET waivers/{waiver_id}").body["waiver"]
    assert told["steps"][0]["because"] == GRANTED["en"]


def test_what_a_member_of_the_staff_wrote_stays_as_it_was_written(desk: Desk) -> None:
    loan = desk.loan()
    speaks(desk, loan, "hi")
    waiver_id = desk.ask(loan)["waiver_id"]
    desk.decide(waiver_id)

    assert desk.borrower(loan, f"GET waivers/{waiver_id}").body["steps"][0]["because"] == "Seen the letter."


def test_why_a_waiver_cannot_be_had_is_told_in_the_borrowers_language(desk: Desk) -> None:
    loan = desk.loan()
    speaks(desk, loan, "hi")
    desk.go_to(60)
    shown = desk.borrower(loan, "GET waiver").body

    assert [why["code"] for why in shown["why_not"]] == ["too_late", "wrong_bucket"]
    assert shown["why_not"][0]["detail"] == "छूट माँगने का समय निकल चुका है।"


def test_a_request_sent_twice_is_one_request(desk: Desk) -> None:
    loan = desk.loan()
    first = desk.ask(loan)
    again = desk.borrower(loan, "POST waivers", {"reason": "illness"}, "ask")

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first, "true")
    assert len(desk.borrower(loan, "GET waivers").body["waivers"]) == 1


def test_anothers_waiver_is_not_found(desk: Desk) -> None:
    mine, theirs = desk.loan(), desk.loan()
    waiver_id = desk.ask(theirs)["waiver_id"]

    assert desk.borrower(mine, f"GET waivers/{waiver_id}").status == 404


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "illness", "state": "granted"}, {"reason": 5}])
def test_a_request_has_a_reason_and_nothing_else(desk: Desk, body: Any) -> None:
    assert desk.borrower(desk.loan(), "POST waivers", body, "once").status == 422


def test_the_desk_lists_what_waits_and_decides_on_figures(desk: Desk) -> None:
    asked = desk.ask(desk.loan())
    listed = desk.staff("GET waivers", market="in").body
    shown = desk.staff(f"GET waivers/{asked['waiver_id']}").body

    assert listed == {"waivers": [asked], "next": None}
    assert shown["waiver"] == asked
    assert shown["figures"]["waived"] == asked["outcome"]["waived"]["minor"]
    assert shown["figures"]["days_past_due"] == 32
    assert desk.decide(asked["waiver_id"]).body["state"] == "granted"
    assert desk.staff("GET waivers", market="in").body["waivers"] == []
    assert len(desk.staff("GET waivers", market="in", state="granted").body["waivers"]) == 1


def test_figures_of_yesterday_are_no_ground_for_a_decision(desk: Desk) -> None:
    waiver_id = desk.ask(desk.loan())["waiver_id"]
    seen = desk.staff(f"GET waivers/{waiver_id}").body["figures_hash"]
    desk.go_to(1)
    body = {"decision": "approve", "reason": "Seen the letter.", "figures_hash": seen}
    answer = desk.staff(f"POST waivers/{waiver_id}/decision", body)

    assert (answer.status, answer.body["code"]) == (409, "figures_stale")


def test_nobody_is_two_people(desk: Desk) -> None:
    waiver_id = desk.ask(desk.loan(LARGE))["waiver_id"]
    assert desk.decide(waiver_id, role="approver", who="anita").body["state"] == "approved"
    own = desk.decide(waiver_id, role="reviewer", who="anita")

    assert (own.status, own.body["code"]) == (403, "own_approval")
    assert desk.decide(waiver_id, role="reviewer", who="ravi").body["state"] == "granted"


def test_a_decision_is_final_until_an_approver_takes_it_back(desk: Desk) -> None:
    waiver_id = desk.ask(desk.loan())["waiver_id"]
    desk.decide(waiver_id)
    late = desk.decide(waiver_id, "decline", role="approver")
    back = desk.staff(f"POST waivers/{waiver_id}/reversal", {"reason": "A forged letter."}, role="approver")

    assert (late.status, late.body["code"]) == (422, "waiver_decided")
    assert back.body["state"] == "reversed"
    assert [step["action"] for step in back.body["steps"]] == ["grant", "reverse"]


def test_an_auditor_reads_who_decided_what_on_which_figures_and_why(desk: Desk) -> None:
    loan = desk.loan()
    waiver_id = desk.ask(loan)["waiver_id"]
    seen = desk.staff(f"GET waivers/{waiver_id}").body
    desk.decide(waiver_id, "decline")
    (made,) = desk.staff("GET audit", role="auditor", market="in").body["decisions"]

    assert (made["subject"], made["loan_id"], made["action"]) == (waiver_id, loan.loan_id, "waiver.decline")
    assert (made["by"], made["roles"], made["reason"]) == ("stf_reviewer", ["reviewer"], "Seen the letter.")
    assert (made["saw"], made["saw_hash"]) == (seen["figures"], seen["figures_hash"])
    assert desk.staff("GET audit", role="auditor", market="in", month="2026-03").body["decisions"] == []


def test_figures_of_a_month_come_in_pages_that_add_up(desk: Desk) -> None:
    for decision in ("approve", "decline", "approve"):
        desk.decide(desk.ask(desk.loan())["waiver_id"], decision)
    whole = desk.staff("GET waivers/figures", market="in").body
    first = desk.staff("GET waivers/figures", market="in", limit="2").body
    rest = desk.staff("GET waivers/figures", market="in", limit="2", after=first["next"]).body

    assert whole["figures"]["by_state"] == {"granted": 2, "declined": 1}
    assert (whole["figures"]["granted"]["requests"], whole["figures"]["not_granted"]["requests"]) == (2, 1)
    parts = (first["figures"]["promised"], rest["figures"]["promised"])
    assert sum(parts) == whole["figures"]["promised"] > 0
    assert rest["next"] is None
