"""Waivers at the desk: asked, decided, kept, lapsed and taken back; killed at every call, and done twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from shared.adapters.table import Table
from shared.adapters.waivers import changed_part
from shared.application.check_book import is_book_right
from shared.application.list_waivers import figures_of_month, waiting_waivers
from shared.domain.errors import DomainError
from shared.domain.waiver_budget import PARTS, reserved
from tests.application.desk import Death
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.application.waived import APPROVER, LARGE, MIDDLING, NOON, REVIEWER, SMALL, Overdue
from tests.memory import Dynamo


def book(principal: str = MIDDLING, death: Death | None = None) -> Overdue:
    """A loan in a book of its own; `death` counts the calls of its verbs, not those of whoever looks on."""
    client, onlooker = Dynamo(death), Dynamo()
    onlooker.items, onlooker.listed = client.items, client.listed
    return Overdue(Table(client, "loans"), onlooker, principal)


@pytest.fixture
def overdue() -> Overdue:
    return book()


def of(overdue: Overdue, principal: str) -> Overdue:
    """Another loan in the same book."""
    return Overdue(overdue.loans.table, overdue.onlooker, principal)


def refusal(verb: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        verb()
    return refused.value.code


def granted(overdue: Overdue) -> Overdue:
    overdue.ask()
    overdue.decide()
    return overdue


def promised(overdue: Overdue) -> int:
    return overdue.waiver().outcome.pay


def test_a_small_waiver_is_granted_by_rule_at_once(overdue: Overdue) -> None:
    small = of(overdue, SMALL)
    assert small.terms().why_not == ()
    assert small.ask()["state"] == "granted"

    assert small.kinds()[-2:] == ["penal_charge", "waiver_granted"]
    assert [(each.by, each.action) for each in small.decisions()] == [("rule", "waiver.grant")]
    assert is_book_right(small.loan_id, loans=small.loans)


def test_what_was_paid_in_time_is_waived_without_anybodys_hand(overdue: Overdue) -> None:
    granted(overdue)
    assert overdue.state() == "granted"
    overdue.days_pass(15).pay(promised(overdue), "upi_1")

    assert overdue.state() == "kept"
    assert overdue.balance("waivers") == overdue.waiver().outcome.waived > 5_000
    assert is_book_right(overdue.loan_id, loans=overdue.loans)


def test_a_day_or_a_minor_unit_too_little_lapses(overdue: Overdue) -> None:
    granted(overdue)
    overdue.days_pass(15).pay(promised(overdue) - 1, "upi_1")
    assert overdue.state() == "granted"
    overdue.days_pass(1).pay(1, "upi_2")

    assert overdue.state() == "lapsed"
    assert overdue.balance("waivers") == 0


def test_the_state_does_not_wait_for_the_night(overdue: Overdue) -> None:
    granted(overdue).days_pass(16)
    assert (overdue.state(), "waiver_lapsed" in overdue.kinds()) == ("lapsed", False)
    overdue.night()

    assert (overdue.state(), "waiver_lapsed" in overdue.kinds()) == ("lapsed", True)


def test_two_different_people_decide_above_the_limit(overdue: Overdue) -> None:
    large = of(overdue, LARGE)
    large.ask()
    assert large.decide(REVIEWER)["state"] == "approved"
    assert refusal(lambda: large.decide(REVIEWER, key="again")) == "own_approval"
    assert large.decide(APPROVER)["state"] == "granted"

    made = [(each.action, each.by, each.roles) for each in large.decisions()]
    assert made == [("waiver.approve", "stf_ravi", ("reviewer",)), ("waiver.grant", "stf_anita", ("approver",))]
    assert all(each.saw["waived"] > 50_000 and each.reason for each in large.decisions())


def test_a_decision_is_made_on_the_figures_that_were_seen(overdue: Overdue) -> None:
    overdue.ask()
    seen = overdue.seen()
    overdue.pay(10_000, "upi_1")

    assert refusal(lambda: overdue.decide(seen=seen)) == "figures_stale"
    overdue.decide()
    assert overdue.decisions()[0].saw_hash != seen


def test_a_second_request_is_refused_with_every_reason(overdue: Overdue) -> None:
    overdue.ask()
    assert refusal(lambda: overdue.ask("another")) == "waiver_not_possible"
    overdue.decide()
    overdue.days_pass(20).night()

    with pytest.raises(DomainError) as refused:
        overdue.ask("third")
    assert refused.value.members == {"why_not": ("second_time",)}


def test_too_late_is_too_late(overdue: Overdue) -> None:
    overdue.days_pass(44)

    with pytest.raises(DomainError) as refused:
        overdue.ask()
    assert refused.value.members == {"why_not": ("too_late",)}
    assert overdue.terms().why_not == ("too_late",)


def test_a_reason_is_one_that_the_programme_knows(overdue: Overdue) -> None:
    assert refusal(lambda: overdue.ask(reason="because")) == "waiver_reason_unknown"


def test_what_is_declined_or_expired_may_be_asked_for_again_and_holds_no_budget(overdue: Overdue) -> None:
    overdue.ask()
    held = overdue.reserved()
    overdue.decide(approves=False)
    assert (held > 0, overdue.reserved()) == (True, 0)
    overdue.ask("again")
    overdue.days_pass(6)
    assert overdue.state() == "expired"
    assert refusal(lambda: overdue.decide(APPROVER)) == "waiver_decided"
    overdue.ask("third")

    assert [waiver.state for waiver in overdue.all()] == ["declined", "expired", "requested"]
    assert overdue.reserved() == overdue.waiver().reserved


def test_what_a_waiver_did_not_use_goes_back_to_the_budget(overdue: Overdue) -> None:
    lapsed, kept = granted(overdue), granted(of(overdue, MIDDLING))
    kept.pay(promised(kept), "upi_1")
    lapsed.days_pass(16)
    lapsed.settle()

    assert kept.waiver().is_settled and lapsed.waiver().is_settled
    assert lapsed.waiver().reserved == 0 < kept.waiver().reserved == kept.balance("waivers")
    assert kept.waiver().reserved < kept.waiver().outcome.waived
    assert lapsed.reserved() == kept.waiver().reserved


def test_a_budget_that_is_spent_is_a_reason_until_something_comes_back(overdue: Overdue) -> None:
    large = [of(overdue, "52000000") for _ in range(2)]
    assert large[0].terms().why_not == ()
    # Each part of the month has room for one of them.
    for number in range(40):
        another = of(overdue, "52000000")
        if "budget_spent" in another.terms().why_not:
            break
        another.ask(key=str(number))

    assert 10 <= number <= 16
    assert refusal(large[0].ask) == "waiver_not_possible"
    large[0].days_pass(6)
    assert large[0].terms().why_not == ()
    large[0].ask()


def test_a_reversal_brings_the_charges_back(overdue: Overdue) -> None:
    granted(overdue).pay(promised(overdue), "upi_1")
    assert overdue.state() == "kept"
    overdue.reverse()

    assert (overdue.state(), overdue.balance("waivers"), overdue.reserved()) == ("reversed", 0, 0)
    assert overdue.terms().why_not == ()
    assert overdue.decisions()[-1].saw["state"] == "kept"
    assert refusal(lambda: overdue.reverse("again")) == "waiver_decided"
    assert is_book_right(overdue.loan_id, loans=overdue.loans)


def test_what_waits_is_listed_oldest_first_and_page_by_page(overdue: Overdue) -> None:
    others = [overdue, of(overdue, MIDDLING), of(overdue, MIDDLING)]
    for minutes, each in enumerate(others):
        each.at = each.at.replace(minute=minutes)
        each.ask()
    ids = [each.waiver().waiver_id for each in others]
    books = {"waivers_of": overdue.waivers_of}

    first, then = waiting_waivers("in", "requested", None, 2, overdue.at, **books)
    assert ([each.waiver_id for each in first], then) == (ids[:2], ids[1])
    rest, then = waiting_waivers("in", "requested", then, 2, overdue.at, **books)
    assert ([each.waiver_id for each in rest], then) == (ids[2:], None)
    others[0].decide()
    assert [each.waiver_id for each in waiting_waivers("in", "granted", None, 2, overdue.at, **books)[0]] == ids[:1]
    assert waiting_waivers("cn", "requested", None, 2, overdue.at, **books) == ([], None)


def test_figures_say_who_got_a_waiver_who_kept_it_and_who_repaid(overdue: Overdue) -> None:
    kept, declined, waiting = granted(overdue), of(overdue, MIDDLING), of(overdue, MIDDLING)
    for each in (declined, waiting):
        each.ask()
    declined.decide(approves=False)
    kept.days_pass(3).pay(promised(kept), "upi_1")
    declined.days_pass(31).pay(10_000, "upi_2")
    declined.days_pass(-1).pay(5_000, "upi_3")
    found, then, budget, left = figures_of_month("in", "2026-04", None, 10, kept.at, **kept.books())

    assert (found.asked, found.kept, left.together) == (3, 1, budget - kept.reserved())
    assert (found.by_state, then) == ({"kept": 1, "declined": 1, "requested": 1}, None)
    assert found.given_up == kept.balance("waivers") < found.promised
    assert (found.granted.requests, found.granted.repaid) == (1, promised(kept))
    assert (found.not_granted.requests, found.not_granted.repaid) == (1, 5_000)
    assert found.granted.owed == found.not_granted.owed


def test_figures_follow_what_fell_due_for_three_months_after_the_request(overdue: Overdue) -> None:
    kept, declined = granted(overdue), of(overdue, MIDDLING)
    declined.ask()
    declined.decide(approves=False)
    kept.days_pass(3).pay(promised(kept), "upi_1")
    books = kept.books()
    early, *_ = figures_of_month("in", "2026-04", None, 10, kept.days_pass(87).at, **books)
    # Three instalments of 9,697.33 fall due by 30 June; the first is paid, a day late.
    kept.days_pass(-60).pay(969_733, "upi_2")
    for each in (kept, declined):
        each.at = NOON + timedelta(days=91)
        each.night()
    found, *_ = figures_of_month("in", "2026-04", None, 10, kept.at, **books)

    assert (early.granted.followed, early.granted.fell_due) == (0, 0)
    assert (found.granted.followed, found.granted.fell_due, found.granted.paid) == (1, 3 * 969_733, 969_733)
    assert (found.not_granted.fell_due, found.not_granted.paid) == (3 * 969_733, 0)


@dataclass(frozen=True)
class Step:
    """A verb, what goes before it, and what must be so when it was done, however often."""

    principal: str
    before: Callable[[Overdue], object]
    verb: Callable[[Overdue], object]
    state: str
    records: int
    holds: bool


def nothing(_: Overdue) -> None:
    """Nobody has asked yet."""


def granted_and_forgotten(overdue: Overdue) -> None:
    granted(overdue).days_pass(16)


STEPS = {
    "ask": Step(MIDDLING, nothing, Overdue.ask, "requested", 0, True),
    "ask, granted by rule": Step(SMALL, nothing, Overdue.ask, "granted", 1, True),
    "approve as the first": Step(LARGE, Overdue.ask, Overdue.decide, "approved", 1, True),
    "approve as the last": Step(LARGE, granted, lambda it: it.decide(APPROVER), "granted", 2, True),
    "decline": Step(MIDDLING, Overdue.ask, lambda it: it.decide(approves=False), "declined", 1, False),
    "reverse": Step(MIDDLING, granted, Overdue.reverse, "reversed", 2, False),
    "settle": Step(MIDDLING, granted_and_forgotten, Overdue.settle, "lapsed", 1, False),
}


def is_as_wanted(overdue: Overdue, step: Step) -> None:
    (waiver,) = overdue.all()
    assert overdue.state() == step.state
    assert len(overdue.decisions()) == step.records
    assert overdue.reserved() == waiver.reserved == (waiver.outcome.waived if step.holds else 0)
    assert overdue.kinds().count("waiver_granted") == (step.state in ("granted", "reversed", "lapsed"))
    assert is_book_right(overdue.loan_id, loans=overdue.loans)


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool) -> None:
    step, death = STEPS[name], Death()
    killed_at_each_call(lambda: book(step.principal, death), step, is_as_wanted, death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str) -> None:
    step = STEPS[name]
    done_three_times(book(step.principal), step, is_as_wanted)


def test_of_two_requests_at_once_one_is_taken(overdue: Overdue) -> None:
    """The head's version moves with the first, so that the second looks again and sees it."""
    assert refusal(lambda: overdue.ask("second", meanwhile=overdue.ask)) == "waiver_not_possible"

    assert [waiver.state for waiver in overdue.all()] == ["requested"]
    assert overdue.reserved() == overdue.waiver().reserved


def test_of_two_decisions_at_once_the_second_looks_again(overdue: Overdue) -> None:
    large = of(overdue, LARGE)
    large.ask()

    assert refusal(lambda: large.decide(REVIEWER, meanwhile=lambda: large.decide(APPROVER))) == "figures_stale"
    assert [step.by for step in large.waiver().steps] == ["stf_anita"]
    assert large.decide(REVIEWER)["state"] == "granted"


def test_a_payment_while_somebody_decides_is_not_lost(overdue: Overdue) -> None:
    overdue.ask()

    assert refusal(lambda: overdue.decide(meanwhile=lambda: overdue.pay(10_000, "upi_1"))) == "figures_stale"
    assert overdue.state() == "requested"
    overdue.decide()
    assert overdue.balance("lender_funds") != 0 and is_book_right(overdue.loan_id, loans=overdue.loans)


def test_who_meets_another_at_the_budget_reserves_all_the_same(overdue: Overdue) -> None:
    def everybody() -> None:
        parts = overdue.waivers_of.budget("in", "2026-04")
        overdue.loans.table.transact([changed_part(reserved(part, 1)) for part in parts])

    overdue.ask(meanwhile=everybody)

    assert overdue.reserved() == overdue.waiver().reserved + PARTS
